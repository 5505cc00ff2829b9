import { call } from '../../src/program/build.js';
import type { Arg, Expand } from '../../src/program/step.js';
import {
  mmu_notifier_invalidate_range_end as range_end,
  mmu_notifier_invalidate_range_only_end as range_only_end,
} from '../../src/kernel/notifier.js';
import { __mmu_notifier_invalidate_range_end } from './__mmu_notifier_invalidate_range_end.js';

function withCallbacks(bracket: Expand, start: Arg, count: Arg): Expand {
  const callbacks = { ...call(__mmu_notifier_invalidate_range_end, { start, count }), part: 'callbacks' };
  return { ...bracket, parts: [...bracket.parts, callbacks] };
}

/**
 * Closes the bracket; up to v6.5 it first invalidates the range in the secondary TLBs. The callbacks follow if the mm
 * has subscribers that have one. include/linux/mmu_notifier.h, v4.14.
 */
export const mmu_notifier_invalidate_range_end = (start: Arg, count: Arg): Expand =>
  withCallbacks(range_end(start, count), start, count);

/** From v4.15: closes the bracket and leaves the secondary TLBs alone. */
export const mmu_notifier_invalidate_range_only_end = (start: Arg, count: Arg): Expand =>
  withCallbacks(range_only_end(start, count), start, count);
