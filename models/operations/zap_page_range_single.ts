import { call } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { tlb_gather_mmu } from '../../src/kernel/gather.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';
import { zap_pmd_range } from './zap_pmd_range.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/** Clears what a part of one vma maps, as `details` say. mm/memory.c, v4.14. Left out: hugetlb vmas. */
export const zap_page_range_single = operation({
  name: 'zap_page_range_single',
  from: 'mm/memory.c',
  takes: ['start', 'count', 'details'],
  steps: ({ start, count, details }) => [
    tlb_gather_mmu(start),
    mmu_notifier_invalidate_range_start(start, count),
    call(zap_pmd_range, { start, count, details }), // unmap_single_vma
    mmu_notifier_invalidate_range_end(start, count),
    call(tlb_finish_mmu, { start, count }),
  ],
});
