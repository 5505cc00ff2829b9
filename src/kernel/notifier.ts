import { MM, RANGE_ROOM, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { MARK } from '../machine/observer.js';
import { verb } from '../machine/verb.js';
import { expand, mutedSlot, slot } from '../program/build.js';
import { DONE } from '../program/primitive.js';
import type { Arg, Expand } from '../program/step.js';
import { invalidateSecondary, syncSecondary } from './iommu.js';
import { RULE } from './rules.js';
import { sleeps } from './walk.js';

/**
 * The mmu notifier chain: mm/mmu_notifier.c and include/linux/mmu_notifier.h, v4.14. Ranges are given as the first
 * page and the number of base pages.
 */

/** Under the page-table lock: the secondary TLBs drop the range before this returns. Never sleeps. */
export const mmu_notifier_invalidate_range = verb(
  'mmu_notifier_invalidate_range',
  ['start', 'count'],
  (m, t, start, count) => invalidateSecondary(m, t, start, count),
);

/** Up to v4.12: the secondary TLBs drop one page, whatever its entry maps. Subscribers are called beside it. */
export const mmu_notifier_invalidate_page = verb('mmu_notifier_invalidate_page', ['addr'], (m, t, addr) => {
  const answer = invalidateSecondary(m, t, addr, 1);
  if (answer !== DONE) return answer;
  m.observer.invalidated(m, t, addr, 1);
  return DONE;
});

/**
 * mmu_notifier_arch_invalidate_secondary_tlbs, v6.6: what the CPU flush helpers call over the range that they flushed.
 * Never sleeps.
 */
export const invalidate_secondary_tlbs = verb(
  'mmu_notifier_arch_invalidate_secondary_tlbs',
  ['start', 'count'],
  (m, t, start, count) => invalidateSecondary(m, t, start, count),
);

/** The same from 0 to all of the mm of `addr`. */
export const invalidate_secondary_tlbs_of_mm = verb(
  'mmu_notifier_arch_invalidate_secondary_tlbs',
  ['addr'],
  (m, t, addr) => invalidateSecondary(m, t, firstOf(m, addr), m.layout.pages),
);

/** The same if a batched flush of the mm is pending: flush_tlb_mm is only called then. */
export const invalidate_secondary_tlbs_of_batch = verb(
  'mmu_notifier_arch_invalidate_secondary_tlbs',
  ['addr'],
  (m, t, addr) =>
    m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.BATCHED] === 0
      ? DONE
      : invalidateSecondary(m, t, firstOf(m, addr), m.layout.pages),
);

const firstOf = (m: Machine, addr: number): number => addr & ~(m.layout.pages - 1);

/** Notes the bracket for the oracles: it is open until {@link closed}. */
function open(m: Machine, t: number, start: number, count: number): void {
  const at = m.layout.threadAt(t);
  const n = m.words[at + THREAD.RANGES]++;
  if (n < RANGE_ROOM) m.words[at + THREAD.RANGE + n] = start | (count << 16);
  m.observer.marked(m, t, MARK.START);
  if (m.words[m.layout.mmAt(start >> m.layout.pagesShift) + MM.NOTIFIERS] !== 0)
    m.observer.invalidated(m, t, start, count);
}

/** The bracket over `start` that was opened last, or else the last one: END may name another range. */
function close(m: Machine, t: number, start: number): void {
  const at = m.layout.threadAt(t);
  const n = --m.words[at + THREAD.RANGES];
  m.observer.marked(m, t, MARK.END);
  const first = at + THREAD.RANGE;
  const last = Math.min(n, RANGE_ROOM - 1);
  let i = last;
  while (i > 0 && (m.words[first + i] & 0xffff) !== start) i--;
  if ((m.words[first + i] & 0xffff) !== start) i = last;
  for (; i < last; i++) m.words[first + i] = m.words[first + i + 1];
  m.words[first + last] = 0;
}

/** Opens a bracket: subscribers may sleep in it. Its callbacks are models/operations' to call. */
export const mmu_notifier_invalidate_range_start = verb(
  'mmu_notifier_invalidate_range_start',
  ['start', 'count'],
  (m, t, start, count) => {
    sleeps(m, t, 'mmu_notifier_invalidate_range_start', RULE.RANGE_SLEEPS);
    open(m, t, start, count);
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'range', of: 0 } },
);

/** Opens one whose subscribers may not sleep; from v4.19. */
export const range_start_nonblock = verb(
  'mmu_notifier_invalidate_range_start_nonblock',
  ['start', 'count'],
  (m, t, start, count) => {
    m.words[m.layout.threadAt(t) + THREAD.NONBLOCK] = 1;
    open(m, t, start, count);
    return DONE;
  },
  { effect: { does: 'take', resource: 'range', of: 0 } },
);
/** non_block_end: everybody has answered. */
export const non_block_end = verb(
  'non_block_end',
  [],
  (m, t) => {
    m.words[m.layout.threadAt(t) + THREAD.NONBLOCK] = 0;
    return DONE;
  },
  { private: true },
);
/** Somebody refused: the range has not begun, and its caller may not end it. */
export const range_refused = verb(
  'EAGAIN',
  ['start'],
  (m, t, start) => {
    close(m, t, start);
    m.observer.marked(m, t, MARK.REFUSED);
    return DONE;
  },
  { private: true, effect: { does: 'release', resource: 'range', of: 0 } },
);

const range_end_callback = verb(
  'invalidate_range_end',
  ['start', 'count'],
  (m, t, start) => {
    sleeps(m, t, 'mmu_notifier_invalidate_range_end', RULE.RANGE_SLEEPS);
    const at = m.layout.threadAt(t) + THREAD.RANGES;
    if (m.words[at] > 0) close(m, t, start);
    else m.observer.misused(m, t, 'a range is ended that was not started', RULE.PAIRED, MARK.REFUSED);
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
