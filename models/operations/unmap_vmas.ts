import { call } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mmu_notifier_invalidate_range_end, mmu_notifier_invalidate_range_start } from '../../src/kernel/notifier.js';
import { zap_pmd_range } from './zap_pmd_range.js';

/** Clears what the range maps, inside one bracket. mm/memory.c, v4.14. */
export const unmap_vmas = operation({
  name: 'unmap_vmas',
  from: 'mm/memory.c',
  takes: ['start', 'count'],
  steps: ({ start, count }) => [
    mmu_notifier_invalidate_range_start(start, count),
    call(zap_pmd_range, { start, count }),
    mmu_notifier_invalidate_range_end(start, count),
  ],
});
