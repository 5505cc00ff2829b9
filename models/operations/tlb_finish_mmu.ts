import { when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  mm_tlb_flush_nested,
  tlb_adjust_range,
  tlb_flush_mmu_free,
  tlb_flush_mmu_tlbonly,
  tlb_gather_close,
  tlb_needs_flush,
} from '../../src/kernel/gather.js';

/**
 * Ends a gather: flush, then free. When another flush of the mm is still to come, the whole range is flushed, since
 * the other may have cleared entries in it. mm/memory.c, v4.14: arch_tlb_finish_mmu, tlb_flush_mmu.
 */
export const tlb_finish_mmu = operation({
  name: 'tlb_finish_mmu',
  from: 'mm/memory.c',
  takes: ['start', 'count'],
  steps: ({ start, count }) => [
    when(mm_tlb_flush_nested(start), [tlb_adjust_range(start, count)]),
    when(tlb_needs_flush(), [tlb_flush_mmu_tlbonly()]),
    tlb_flush_mmu_free(),
    tlb_gather_close(start),
  ],
});
