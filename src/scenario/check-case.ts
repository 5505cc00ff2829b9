import { BadInput } from '../base/errors.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import type { ArgKind, Callable } from '../program/callable.js';
import type { Case, World } from './case.js';
import { readInteger, readList, readName, readRecord, readText, refuse } from './check-field.js';
import { checkHardware, checkWorld } from './check-world.js';
import { LIMITS, SUBSCRIBERS } from './world-rules.js';

/**
 * Throws {@link BadInput}, naming the field, unless `value` is a case that can be run with these callables. Takes
 * parsed JSON as well as cases made here. Does not look up step paths: only the models know them.
 */
export function checkCase(value: unknown, callables: readonly Callable[]): asserts value is Case {
  const c = readRecord(value, 'The case', ['world', 'hardware', 'threads', 'schedule']);
  checkWorld(c['world']);
  checkHardware(c['hardware']);
  const scope: Scope = {
    world: c['world'] as World,
    callables,
    devices: devicesIn(c['threads']),
    writes: 0,
    calls: 0,
  };
  const sizes = readList(c['threads'], 'threads', 1, LIMITS.cpus + LIMITS.devices, 'threads').map((t, i) =>
    checkThread(scope, t, `threads[${i}]`),
  );
  checkThreads(c['threads'] as Case['threads'], scope);
  readList(c['schedule'], 'schedule', 0, LIMITS.segments, 'segments').forEach((segment, i) =>
    checkSegment(segment, `schedule[${i}]`, sizes),
  );
}

export function isWellFormed(value: unknown, callables: readonly Callable[]): boolean {
  try {
    checkCase(value, callables);
    return true;
  } catch (error) {
    if (error instanceof BadInput) return false;
    throw error;
  }
}

interface Scope {
  readonly world: World;
  readonly callables: readonly Callable[];
  readonly devices: number;
  writes: number;
  calls: number;
}

function devicesIn(threads: unknown): number {
  return Array.isArray(threads)
    ? threads.filter((t) => (t as { kind?: unknown } | null)?.kind === 'device').length
    : 0;
}

/** The number of its operations. */
function checkThread(scope: Scope, value: unknown, at: string): number {
  const thread = readRecord(value, at, ['kind', 'mm', 'operations'], ['subscriber']);
  const kind = readName(thread['kind'], `${at}.kind`, ['cpu', 'device']);
  const mm = readInteger(thread['mm'], `${at}.mm`, 0, scope.world.mms.length - 1);
  if (thread['subscriber'] !== undefined) {
    if (kind === 'cpu') refuse(`${at}.subscriber`, thread['subscriber'], 'nothing: only a device subscribes');
    readName(thread['subscriber'], `${at}.subscriber`, SUBSCRIBERS);
  }
  const known = scope.callables.filter((c) => c.by === kind);
  const operations = readList(thread['operations'], `${at}.operations`, 0, LIMITS.operations, 'operations');
  operations.forEach((call, i) => checkCall(scope, call, `${at}.operations[${i}]`, mm, known));
  scope.calls += operations.length;
  return operations.length;
}

function checkThreads(threads: Case['threads'], scope: Scope): void {
  const cpus = threads.filter((t) => t.kind === 'cpu').length;
  if (cpus < 1 || cpus > LIMITS.cpus)
    throw new BadInput(`threads has ${cpus} of kind cpu; expected 1 to ${LIMITS.cpus}.`);
  if (threads.length - cpus > LIMITS.devices)
    throw new BadInput(
      `threads has ${threads.length - cpus} of kind device; expected at most ${LIMITS.devices}.`,
    );
  const early = threads.findIndex((t, i) => t.kind === 'device' && i < cpus);
  if (early >= 0) refuse(`threads[${early}].kind`, 'device', 'cpu: CPU threads come first');
  if (scope.writes > LIMITS.writes)
    throw new BadInput(
      `threads has ${scope.writes} operations that write; expected at most ${LIMITS.writes}.`,
    );
  if (scope.calls === 0) throw new BadInput('threads has no operation at all; expected at least 1.');
}

function checkCall(scope: Scope, value: unknown, at: string, mm: number, known: readonly Callable[]): void {
  const call = readRecord(value, at, ['name', 'args', 'choices']);
  const name = readName(
    call['name'],
    `${at}.name`,
    known.map((c) => c.operation.name),
  );
  const callable = known.find((c) => c.operation.name === name)!;
  if (callable.writes) scope.writes++;
  checkArgs(scope, call['args'], `${at}.args`, mm, callable.args);
  const choices = readList(call['choices'], `${at}.choices`, 0, callable.choices.length, 'choices');
  choices.forEach((choice, i) => {
    readName(choice, `${at}.choices[${i}]`, callable.choices);
    if (choices.indexOf(choice) < i) refuse(`${at}.choices[${i}]`, choice, 'each choice once');
  });
}

function checkArgs(scope: Scope, value: unknown, at: string, mm: number, kinds: readonly ArgKind[]): void {
  const { world } = scope;
  const pages = world.mms[0].length * PTES_PER_PMD;
  const all = world.mms.length * pages;
  let addr = 0;
  let filePage = 0;
  let count = 1;
  const own = mm * pages;
  const given = readList(value, at, kinds.length, kinds.length, `arguments (${kinds.join(', ')})`);
  kinds.forEach((kind, i) => {
    const read = (lo: number, hi: number, what: string): number =>
      readInteger(given[i], `${at}[${i}]`, lo, hi, what);
    // An address after a count begins a range of as many pages, as the new address of mremap does.
    const address = (lo: number, hi: number, what: string): void => {
      addr = read(lo, hi, what);
      if ((addr % pages) + count > pages)
        refuse(`${at}[${i}]`, addr, `an address with room for ${count} pages in its mm`);
    };
    switch (kind) {
      case 'addr':
        return address(own, own + pages - 1, `a page of mm ${mm}`);
      case 'any-addr':
        return address(0, all - 1, 'a page of any mm');
      case 'own-pmd':
      case 'pmd':
        address(kind === 'pmd' ? 0 : own, kind === 'pmd' ? all - 1 : own + pages - 1, 'a PMD region');
        if (addr % PTES_PER_PMD !== 0) refuse(`${at}[${i}]`, addr, 'the first page of a PMD region');
        return;
      case 'count':
        count = read(1, pages - (addr % pages), 'pages from the address on');
        return;
      case 'word':
      case 'prot':
        return void read(0, 1, kind);
      case 'file':
        filePage = read(0, world.files.length * PTES_PER_PMD - 1, 'page of the files');
        return;
      case 'file-count':
        return void read(1, PTES_PER_PMD - (filePage % PTES_PER_PMD), 'pages from the file page on');
      case 'device':
        return void read(0, scope.devices - 1, 'device');
      case 'mm':
      case 'other-mm':
        read(0, world.mms.length - 1, kind);
        if (kind === 'other-mm' && given[i] === mm)
          refuse(`${at}[${i}]`, mm, `an mm that is not the thread's own`);
        return;
    }
  });
}

function checkSegment(value: unknown, at: string, sizes: readonly number[]): void {
  const segment = readRecord(value, at, ['thread', 'operation', 'path', 'occurrence']);
  const thread = readInteger(segment['thread'], `${at}.thread`, 0, sizes.length - 1);
  readInteger(segment['operation'], `${at}.operation`, 0, sizes[thread], `operations of thread ${thread}`);
  const path = readText(segment['path'], `${at}.path`, LIMITS.path);
  // The end of an operation comes once: its occurrence says nothing.
  readInteger(segment['occurrence'], `${at}.occurrence`, path === '' ? 0 : 1, Number.MAX_SAFE_INTEGER);
}
