import { call, go_to, label, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { tlb_gather_mmu } from '../../src/kernel/gather.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { promise_discard } from '../../src/kernel/promise.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { range_has_hole, range_has_hugetlb } from '../../src/kernel/vma.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';
import { zap_pmd_range } from './zap_pmd_range.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const NO_DETAILS = number(0);

/**
 * madvise(MADV_DONTNEED): madvise_dontneed_single_vma (mm/madvise.c) and zap_page_range (mm/memory.c), v4.14.
 * Refuses ranges with holes or hugetlb pages as the system call does (-ENOMEM, -EINVAL).
 */
export const madvise_dontneed = operation({
  name: 'madvise_dontneed',
  from: 'mm/madvise.c',
  takes: ['start', 'count'],
  steps: ({ start, count }) => [
    down_read(mmap_sem(start)),
    when(range_has_hole(start, count), [go_to('out')]),
    when(range_has_hugetlb(start, count), [go_to('out')]),
    promise_discard(start, count),
    tlb_gather_mmu(start),
    mmu_notifier_invalidate_range_start(start, count), // zap_page_range
    call(zap_pmd_range, { start, count, details: NO_DETAILS }),
    flush_tlb_range(start, count), // CPUs only
    mmu_notifier_invalidate_range_end(start, count),
    call(tlb_finish_mmu, { start, count }),
    label('out'),
    up_read(mmap_sem(start)),
  ],
});
