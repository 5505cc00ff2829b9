import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { khugepaged_scan_slots } from '../../src/kernel/collapse-shmem.js';
import { pmd_start } from '../../src/kernel/gather.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { let_ } from '../../src/kernel/range.js';
import { file_pmd_suitable } from '../../src/kernel/shmem.js';
import { find_vma, linear_page_index, vma_is_shmem } from '../../src/kernel/vma.js';
import { collapse_shmem } from './collapse_shmem.js';

/**
 * khugepaged meets a mapping of a tmpfs file, and collapses the file's pages without mmap_sem: khugepaged_scan_mm_slot and
 * khugepaged_scan_shmem, mm/khugepaged.c, v4.14. Left out: max_ptes_none and max_ptes_swap, NUMA nodes.
 */
export const khugepaged_scan_shmem = operation({
  name: 'khugepaged_scan_shmem',
  from: 'mm/khugepaged.c',
  takes: ['addr'],
  locals: ['haddr', 'vma', 'index'],
  steps: ({ addr, haddr, vma, index }) => [
    let_(haddr, pmd_start(addr)),
    down_read(mmap_sem(haddr)),
    when(not(find_vma(haddr, vma)), [go_to('breakouterloop')]),
    when(not(vma_is_shmem(vma)), [go_to('breakouterloop')]),
    when(not(file_pmd_suitable(haddr)), [go_to('breakouterloop')]), // hugepage_vma_check
    let_(index, linear_page_index(haddr)),
    up_read(mmap_sem(haddr)),
    when(khugepaged_scan_slots(index), [call(collapse_shmem, { index })]),
    go_to('out'),
    label('breakouterloop'),
    up_read(mmap_sem(haddr)),
    label('out'),
  ],
});
