import { call } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { tlb_gather_mmu } from '../../src/kernel/gather.js';
import { __unmap_hugepage_range } from './__unmap_hugepage_range.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';

/** Unmaps whole huge pages of one vma under a gather of its own; i_mmap_rwsem is held for writing. mm/hugetlb.c, v4.14. */
export const unmap_hugepage_range = operation({
  name: 'unmap_hugepage_range',
  from: 'mm/hugetlb.c',
  takes: ['start', 'count'],
  steps: ({ start, count }) => [
    tlb_gather_mmu(start),
    call(__unmap_hugepage_range, { start, count }),
    call(tlb_finish_mmu, { start, count }),
  ],
});
