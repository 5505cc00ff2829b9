import { MM, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { verb } from '../machine/verb.js';
import { expand, mutedSlot, slot } from '../program/build.js';
import { BLOCKED, DONE } from '../program/primitive.js';
import type { Arg, Expand } from '../program/step.js';
import { invalidateSecondary, secondaryReady, syncSecondary } from './iommu.js';
import { sleeps } from './walk.js';

/**
 * The mmu notifier chain: mm/mmu_notifier.c and include/linux/mmu_notifier.h, v4.14. Ranges are given as the first
 * page and the number of base pages.
 */

/** Under the page-table lock: the secondary TLBs drop the range before this returns. Never sleeps. */
export const mmu_notifier_invalidate_range = verb(
  'mmu_notifier_invalidate_range',
  ['start', 'count'],
  (m, _t, start, count) => invalidate(m, start, count),
);

/**
 * mmu_notifier_arch_invalidate_secondary_tlbs, v6.6: what the CPU flush helpers call over the range that they flushed.
 * Never sleeps.
 */
export const invalidate_secondary_tlbs = verb(
  'mmu_notifier_arch_invalidate_secondary_tlbs',
  ['start', 'count'],
  (m, _t, start, count) => invalidate(m, start, count),
);

/** The same from 0 to all of the mm of `addr`. */
export const invalidate_secondary_tlbs_of_mm = verb(
  'mmu_notifier_arch_invalidate_secondary_tlbs',
  ['addr'],
  (m, _t, addr) => invalidate(m, firstOf(m, addr), m.layout.pages),
);

/** The same if a batched flush of the mm is pending: flush_tlb_mm is only called then. */
export const invalidate_secondary_tlbs_of_batch = verb(
  'mmu_notifier_arch_invalidate_secondary_tlbs',
  ['addr'],
  (m, _t, addr) =>
    m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.BATCHED] === 0
      ? DONE
      : invalidate(m, firstOf(m, addr), m.layout.pages),
);

const firstOf = (m: Machine, addr: number): number => addr & ~(m.layout.pages - 1);

/** Hot. Also what a gather does over its own range. */
export function invalidate(m: Machine, start: number, count: number): number {
  if (!secondaryReady(m, start, count)) return BLOCKED;
  invalidateSecondary(m, start, count);
  return DONE;
}

/** Opens a bracket: subscribers may sleep in it. */
export const mmu_notifier_invalidate_range_start = verb(
  'mmu_notifier_invalidate_range_start',
  ['start', 'count'],
  (m, t) => {
    sleeps(m, t, 'mmu_notifier_invalidate_range_start');
    m.words[m.layout.threadAt(t) + THREAD.RANGES]++;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'range', of: 0 } },
);

const range_end_callback = verb(
  'invalidate_range_end',
  ['start', 'count'],
  (m, t, start) => {
    sleeps(m, t, 'mmu_notifier_invalidate_range_end');
    const at = m.layout.threadAt(t) + THREAD.RANGES;
    if (m.words[at] <= 0) m.observer.misused(m, t, 'a range is ended that was not started');
    else m.words[at]--;
    syncSecondary(m, start >> m.layout.pagesShift);
    return DONE;
  },
  { sleeps: true, effect: { does: 'release', resource: 'range', of: 0 } },
);

/** Closes the bracket; up to v6.5 it first invalidates the range in the secondary TLBs. */
export const mmu_notifier_invalidate_range_end = (start: Arg, count: Arg): Expand =>
  expand('mmu_notifier_invalidate_range_end', [start, count], {
    notify: slot('range-end', mmu_notifier_invalidate_range(start, count)),
    end: range_end_callback(start, count),
  });

/** From v4.15: closes the bracket and leaves the secondary TLBs alone. */
export const mmu_notifier_invalidate_range_only_end = (start: Arg, count: Arg): Expand =>
  expand('mmu_notifier_invalidate_range_only_end', [start, count], {
    notify: mutedSlot('range-end', mmu_notifier_invalidate_range(start, count)),
    end: range_end_callback(start, count),
  });
