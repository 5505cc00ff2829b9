import fc from 'fast-check';

import { PTES_PER_PMD } from '../machine/geometry.js';
import type { ArgKind, Callable } from '../program/callable.js';
import type { Case, OperationCall, PageState, Region, Segment, ThreadProgram } from './case.js';
import { isWellFormed } from './check-case.js';
import { decode, encode, smallest, type Address } from './arbitrary-args.js';
import { sharesHuge, sharesPmdTable } from './world-rules.js';

/**
 * A case and everything smaller, for fast-check: `fc.check(fc.property(caseArbitrary(c, callables), …), { examples:
 * [[c]] })` shrinks `c` itself. That works only while every map has an unmapper and every part can be shrunk from its
 * value alone.
 *
 * Parts of a {@link Form} are numbers of parts of `c`, so that what is left out takes what hangs on it along: segments
 * of a thread that is gone, threads' numbers in the segments that stay, addresses in a world of fewer regions. Of what
 * this makes only well-formed cases are let through.
 */
export function caseArbitrary(c: Case, callables: readonly Callable[]): fc.Arbitrary<Case> {
  const kinds = new Map(callables.map((x) => [x.operation.name, x.args]));
  return formArbitrary(c, kinds)
    .map(
      (form) => caseOf(c, kinds, form),
      (value) => formOf(value as Case, kinds),
    )
    .filter((smaller) => isWellFormed(smaller, callables));
}

type Kinds = ReadonlyMap<string, readonly ArgKind[]>;

interface Form {
  readonly threads: readonly ThreadForm[];
  readonly schedule: readonly number[];
  readonly hardware: readonly string[];
  /** Numbers of the mms, PUD regions and files that are kept. */
  readonly mms: readonly number[];
  readonly puds: readonly number[];
  readonly files: readonly number[];
  readonly regions: readonly (readonly Region[])[];
}

interface ThreadForm {
  readonly at: number;
  readonly mm: number;
  readonly calls: readonly CallForm[];
}

interface CallForm {
  readonly at: number;
  readonly args: readonly number[];
  readonly choices: readonly string[];
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const kindsOf = (kinds: Kinds, call: OperationCall): readonly ArgKind[] => kinds.get(call.name) ?? [];
const pagesOf = (c: Case): number => c.world.mms[0].length * PTES_PER_PMD;

/** `value`, which shrinks to `simple`. */
function towards<T>(simple: T, value: T): fc.Arbitrary<T> {
  return fc.constantFrom(...(simple === value ? [value] : [simple, value]));
}

/** Any of the parts, each at most once. */
function someOf<T extends { readonly at: number }>(parts: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T[]> {
  // Not a constant: another empty list would be no value of it.
  if (parts.length === 0) return fc.tuple();
  return fc.uniqueArray(fc.oneof(...parts), { maxLength: parts.length, selector: (p) => p.at });
}

function formArbitrary(c: Case, kinds: Kinds): fc.Arbitrary<Form> {
  const pages = pagesOf(c);
  const call = (o: OperationCall, at: number): fc.Arbitrary<CallForm> =>
    fc.record({
      at: fc.constant(at),
      args: fc.tuple(
        ...o.args.map((value, i) => {
          const kind = kindsOf(kinds, o)[i];
          return fc.integer({ min: smallest(kind), max: encode(kind, value, pages) });
        }),
      ),
      choices: fc.subarray([...o.choices]),
    });
  const thread = (t: ThreadProgram, at: number): fc.Arbitrary<ThreadForm> =>
    fc.record({ at: fc.constant(at), mm: towards(0, t.mm), calls: someOf(t.operations.map(call)) });
  return fc.record({
    threads: someOf(c.threads.map(thread)),
    schedule: fc.subarray(upTo(c.schedule.length)),
    hardware: fc.subarray(Object.keys(c.hardware)),
    // No minLength: with one, fast-check cannot drop the last element without the context of an earlier shrink.
    mms: fc.subarray(upTo(c.world.mms.length)),
    puds: fc.subarray(upTo(c.world.mms[0].length / 2)),
    files: fc.subarray(upTo(c.world.files.length)),
    regions: fc.tuple(...c.world.mms.map((mm) => fc.tuple(...mm.map(regionArbitrary)))),
  });
}

function regionArbitrary(region: Region): fc.Arbitrary<Region> {
  return fc.record({
    vma: towards('none', region.vma),
    writable: towards(true, region.writable),
    mergeable: towards(false, region.mergeable),
    file: fc.integer({ min: 0, max: region.file }),
    map: towards('pages', region.map),
    pages: fc.tuple(...region.pages.map((page) => towards<PageState>('none', page))),
  });
}

/** The form of a case with the same parts at the same places; of any other, a form that no arbitrary takes. */
function formOf(c: Case, kinds: Kinds): Form {
  const pages = pagesOf(c);
  return {
    threads: c.threads.map((t, at) => ({
      at,
      mm: t.mm,
      calls: t.operations.map((o, i) => ({
        at: i,
        args: o.args.map((value, k) => encode(kindsOf(kinds, o)[k], value, pages)),
        choices: [...o.choices],
      })),
    })),
    schedule: upTo(c.schedule.length),
    hardware: Object.keys(c.hardware),
    mms: upTo(c.world.mms.length),
    puds: upTo(c.world.mms[0].length / 2),
    files: upTo(c.world.files.length),
    regions: c.world.mms.map((mm) => mm.map((region) => ({ ...region, pages: [...region.pages] }))),
  };
}

/** The case that a form of `c` stands for; it may be ill-formed. */
function caseOf(c: Case, kinds: Kinds, form: Form): Case {
  const threads = [...form.threads].sort((a, b) => a.at - b.at);
  const calls = threads.map((t) => [...t.calls].sort((a, b) => a.at - b.at));
  const address: Address = { pages: pagesOf(c), mms: form.mms, puds: form.puds, files: form.files };
  return {
    world: { ...c.world, mms: regionsOf(form), files: form.files.map((f) => c.world.files[f]) },
    hardware: Object.fromEntries(Object.entries(c.hardware).filter(([name]) => form.hardware.includes(name))),
    threads: threads.map((t, i) => ({
      kind: c.threads[t.at].kind,
      mm: form.mms.indexOf(t.mm),
      ...subscriberOf(c.threads[t.at]),
      operations: calls[i].map((x) => {
        const o = c.threads[t.at].operations[x.at];
        const args = x.args.map((value, k) => decode(kindsOf(kinds, o)[k], value, t.mm, address));
        return { name: o.name, args, choices: x.choices };
      }),
    })),
    schedule: form.schedule.flatMap((s) => renumbered(c, c.schedule[s], threads, calls)),
  };
}

/** Regions of the mms and PUD regions that are kept. A shared page whose partner is gone is the mm's own. */
function regionsOf(form: Form): Region[][] {
  const kept = form.mms.map((mm) => form.puds.flatMap((pud) => form.regions[mm].slice(2 * pud, 2 * pud + 2)));
  const alone = (mm: number, r: number, page: number): boolean => kept[1 - mm]?.[r].pages[page] !== 'shared';
  return kept.map((regions, mm) =>
    regions.map((region, r) => ({
      ...region,
      map: lonely(region, kept, mm, r) ? 'huge' : region.map,
      file: form.files.indexOf(region.file) < 0 ? 0 : form.files.indexOf(region.file),
      pages: region.pages.map((page, p) => (page === 'shared' && alone(mm, r, p) ? 'page' : page)),
    })),
  );
}

function subscriberOf({ subscriber }: ThreadProgram): Pick<ThreadProgram, 'subscriber'> {
  return subscriber === undefined ? {} : { subscriber };
}

/** What the region maps together with the other mm has no partner there any more. */
function lonely(region: Region, kept: readonly (readonly Region[])[], mm: number, r: number): boolean {
  if (region.map === 'pmd-shared') return !sharesPmdTable(kept, r);
  return region.map === 'huge-shared' && !sharesHuge(region, kept[1 - mm]?.[r]);
}

/** The segment with the new numbers of its thread and operation; none if either is gone. */
function renumbered(
  c: Case,
  segment: Segment,
  threads: readonly ThreadForm[],
  calls: readonly (readonly CallForm[])[],
): Segment[] {
  const thread = threads.findIndex((t) => t.at === segment.thread);
  if (thread < 0) return [];
  // One past the last operation stands for the thread's end.
  const end = segment.operation === c.threads[segment.thread].operations.length;
  const operation = end ? calls[thread].length : calls[thread].findIndex((x) => x.at === segment.operation);
  return operation < 0 ? [] : [{ ...segment, thread, operation }];
}
