import { PTES_PER_PMD } from '../machine/geometry.js';
import { HARDWARE, type HardwareSwitch } from '../machine/hardware.js';
import type { ArgKind, Callable } from '../program/callable.js';
import type { Case, OperationCall, Region, SubscriberKind, ThreadProgram } from '../scenario/case.js';
import { addressText, agentName, cpusOf, pagesOf } from './names.js';

/** Texts of what a case is made of. */

/** `munmap(start = mm0:4, count = 2)`, with the choices that go the unusual way. */
export function callText(call: OperationCall, callables: readonly Callable[], pages: number): string {
  const known = callables.find((c) => c.operation.name === call.name);
  const args = call.args.map((n, i) => {
    const name = known?.operation.takes[i]?.name;
    const text = argText(n, known?.args[i], pages);
    return name === undefined ? text : `${name} = ${text}`;
  });
  const choices = call.choices.length === 0 ? '' : ` [${call.choices.join(', ')}]`;
  return `${call.name}(${args.join(', ')})${choices}`;
}

const ADDRESSES: ReadonlySet<ArgKind | undefined> = new Set<ArgKind>(['addr', 'any-addr', 'pmd', 'own-pmd']);

/** An argument as reports and litmus files write it: `mm0:4`, `mm1`, `device0`, `2`. */
export function argText(n: number, kind: ArgKind | undefined, pages: number): string {
  if (ADDRESSES.has(kind)) return addressText(n, pages);
  if (kind === 'mm' || kind === 'other-mm') return `mm${n}`;
  if (kind === 'device') return `device${n}`;
  return String(n);
}

/** One line a thread that does something: `cpu0 on mm0: user_write(…); munmap(…)`. */
export function programLines(c: Case, callables: readonly Callable[]): readonly string[] {
  const cpus = cpusOf(c);
  return c.threads.flatMap((thread, t) => {
    if (thread.operations.length === 0) return [];
    const calls = thread.operations.map((call) => callText(call, callables, pagesOf(c)));
    return [`${agentName(t, cpus)}${subscriberText(thread)} on mm${thread.mm}: ${calls.join('; ')}`];
  });
}

/** What follows the page table for the device: nothing for a secondary TLB, which is the ordinary one. */
const SUBSCRIBERS: Readonly<Record<SubscriberKind, string>> = {
  sva: '',
  kvm: ' (shadow page table, told by start and end)',
  interval: ' (mirror with an interval notifier)',
  legacy: ' (mirror under a mutex, told by start, end and invalidate_page)',
  pin: ' (pins its pages)',
};
const subscriberText = (thread: ThreadProgram): string => SUBSCRIBERS[thread.subscriber ?? 'sva'];

/** One line a region that is mapped: `mm0:0-3 anon rw: page zero none none`. */
export function worldLines(c: Case): readonly string[] {
  return c.world.mms.flatMap((regions, mm) =>
    regions.flatMap((region, r) => {
      if (region.vma === 'none') return [];
      const first = r * PTES_PER_PMD;
      return [`mm${mm}:${first}-${first + PTES_PER_PMD - 1} ${regionText(region, c)}`];
    }),
  );
}

function regionText(region: Region, c: Case): string {
  const file = /file|dax|shared/.test(region.vma)
    ? ` of file ${region.file} (${c.world.files[region.file] ?? '?'})`
    : '';
  const mergeable = region.mergeable ? ' mergeable' : '';
  const mapped = region.map === 'pages' ? region.pages.join(' ') : region.map;
  return `${region.vma}${file} ${region.writable ? 'rw' : 'ro'}${mergeable}: ${mapped}`;
}

/** What the hardware does that not all hardware does: `ignores invalidations smaller …`; empty for conforming. */
export function quirkTexts(c: Case): readonly string[] {
  return Object.entries(c.hardware).flatMap(([name, value]) => {
    const known: HardwareSwitch | undefined = HARDWARE.find((h) => h.name === name);
    const at = known?.values.indexOf(value) ?? -1;
    return at === 0 ? [] : [known?.that[at] ?? `${name}=${value}`];
  });
}

/** `hardware that ignores invalidations smaller than a cached huge entry`, or `conforming hardware`. */
export function hardwareText(c: Case): string {
  const quirks = quirkTexts(c);
  return quirks.length === 0 ? 'conforming hardware' : `hardware that ${quirks.join(' and ')}`;
}
