import type { Case, PageState, Region, VmaKind } from '../scenario/case.js';
import { operationsOf } from './operations.js';

/**
 * How plain each state of a page is, plainest first: nothing to explain, then an ordinary page, then what a reader
 * has to be told about.
 */
const STATES: readonly PageState[] = [
  'none',
  'page',
  'clean',
  'written',
  'lazyfree',
  'zero',
  'shared',
  'swapped',
];

/** Kinds of mapping, the one that needs the fewest words first. */
const VMAS: readonly VmaKind[] = [
  'none',
  'anon',
  'file-shared',
  'file-private',
  'hugetlb-private',
  'hugetlb-shared',
  'dax',
  'shmem',
];

/** Places of the pages that are mapped one by one. */
export function mappedIn(region: Region): readonly number[] {
  return region.pages.flatMap((state, i) => (state === 'none' ? [] : [i]));
}

/** Base pages that the region maps at the start. */
function mappedPages(region: Region): number {
  if (region.vma === 'none') return 0;
  return region.map === 'pages' ? mappedIn(region).length : region.pages.length;
}

/**
 * How large a case is, the heaviest count first; the first difference decides. The order is that of a reader's work:
 *
 * 1. operations: each is a page of kernel code to have in mind
 * 2. threads: each is a column of the trace
 * 3. pages: address spaces, regions, files, mapped regions, mapped pages
 * 4. segments: each is a preemption to follow
 * 5. choices: each is an outcome that has to be believed
 * 6. hardware that does not conform: last of the counts, since a switch that a finding needs is part of the finding,
 *    and trading it for another operation would hide that the operation alone does not fail
 * 7. devices that are no plain secondary TLB
 * 8. what makes the same counts plainer: segments that end with their operation, first occurrences, plain pages that come first,
 *    small numbers, work in the first threads
 */
export function measure(c: Case): readonly number[] {
  const calls = operationsOf(c);
  const regions = c.world.mms.flat();
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return [
    calls.length,
    c.threads.length,
    c.world.mms.length,
    regions.length,
    c.world.files.length,
    regions.filter((r) => r.vma !== 'none').length,
    sum(regions.map(mappedPages)),
    c.schedule.length,
    sum(calls.map(({ call }) => call.choices.length)),
    Object.keys(c.hardware).length,
    c.threads.filter((t) => (t.subscriber ?? 'sva') !== 'sva').length,
    c.schedule.filter((s) => s.path !== '').length,
    sum(c.schedule.map((s) => s.occurrence)),
    sum(regions.map(roughness)),
    sum(regions.map((r) => sum(mappedIn(r)))),
    sum(calls.flatMap(({ call }) => call.args)) + sum(c.threads.map((t) => t.mm)),
    sum(calls.map(({ thread }) => thread)),
    c.world.frames + c.world.swapSlots,
  ];
}

/** What a reader has to be told about a region beside its pages. */
function roughness(region: Region): number {
  const pages = region.pages.reduce((n, state) => n + STATES.indexOf(state), 0);
  const flags = (region.writable || region.vma === 'none' ? 0 : 1) + (region.mergeable ? 1 : 0);
  return VMAS.indexOf(region.vma) + pages + flags + (region.map === 'pages' ? 0 : 1);
}

/** Negative when `a` is smaller than `b`, 0 when neither is. Total up to equal JSON text. */
export function compareCases(a: Case, b: Case): number {
  const x = measure(a);
  const y = measure(b);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i] - y[i];
  const s = JSON.stringify(a);
  const t = JSON.stringify(b);
  return s === t ? 0 : s < t ? -1 : 1;
}
