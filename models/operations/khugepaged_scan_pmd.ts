import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pmd_start } from '../../src/kernel/gather.js';
import { transhuge_vma_suitable } from '../../src/kernel/huge.js';
import { khugepaged_scan_ptes } from '../../src/kernel/khugepaged.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { let_ } from '../../src/kernel/range.js';
import { find_vma, vma_anonymous } from '../../src/kernel/vma.js';
import { collapse_huge_page } from './collapse_huge_page.js';

/**
 * khugepaged looks at one PMD and collapses its pages if it can: khugepaged_scan_mm_slot and khugepaged_scan_pmd,
 * mm/khugepaged.c, v4.14, with THP enabled for every vma. Left out: what the scan counts; the collapse asks again.
 */
export const khugepaged_scan_pmd = operation({
  name: 'khugepaged_scan_pmd',
  from: 'mm/khugepaged.c',
  takes: ['addr'],
  locals: ['haddr', 'vma'],
  steps: ({ addr, haddr, vma }) => [
    let_(haddr, pmd_start(addr)),
    down_read(mmap_sem(haddr)),
    when(not(find_vma(haddr, vma)), [go_to('out')]),
    when(not(vma_anonymous(vma)), [go_to('out')]),
    when(not(transhuge_vma_suitable(haddr)), [go_to('out')]),
    when(not(khugepaged_scan_ptes(haddr)), [go_to('out')]),
    call(collapse_huge_page, { haddr }),
    go_to('collapsed'),
    label('out'),
    up_read(mmap_sem(haddr)),
    label('collapsed'),
  ],
});
