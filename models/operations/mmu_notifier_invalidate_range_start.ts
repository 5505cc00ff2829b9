import { call, expand } from '../../src/program/build.js';
import type { Arg, Expand } from '../../src/program/step.js';
import { mmu_notifier_invalidate_range_start as range_start } from '../../src/kernel/notifier.js';
import { __mmu_notifier_invalidate_range_start } from './__mmu_notifier_invalidate_range_start.js';

/**
 * Opens a bracket over `count` pages from `start` on: subscribers may sleep in it. The kernel's own side of it is the
 * step `start`; the callbacks follow if the mm has subscribers that have one. include/linux/mmu_notifier.h, v4.14.
 */
export const mmu_notifier_invalidate_range_start = (start: Arg, count: Arg): Expand =>
  expand('mmu_notifier_invalidate_range_start', [start, count], {
    start: range_start(start, count),
    callbacks: call(__mmu_notifier_invalidate_range_start, { start, count }),
  });
