import { go_to, inside, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { hugetlb_i_mmap } from '../../src/kernel/hugetlb.js';
import {
  huge_pmd_alloc,
  huge_pmd_shareable,
  huge_pte_lock,
  huge_pte_unlock,
  huge_pte_offset,
  pud_none,
  pud_populate,
  put_shared_table,
  vma_shareable,
} from '../../src/kernel/hugetlb-tables.js';
import { down_write, up_write } from '../../src/kernel/locks.js';

/**
 * The place of the entry of the hugetlb page at `addr`, with a table of PMDs for it: another mm's, if both map the whole
 * PUD region of one file alike, or a new one. `ptep` is 0 when there is no memory. arch/x86/mm/hugetlbpage.c and
 * huge_pmd_share of mm/hugetlb.c, v4.14. Nothing keeps the table shared after i_mmap_rwsem is dropped.
 */
export const huge_pte_alloc = operation({
  name: 'huge_pte_alloc',
  from: 'arch/x86/mm/hugetlbpage.c',
  takes: ['addr'],
  gives: ['ptep'],
  locals: ['spte'],
  steps: ({ addr, ptep, spte }) => [
    when(not(pud_none(addr)), [huge_pte_offset(addr, ptep), go_to('out')]),
    when(not(vma_shareable(addr)), [huge_pmd_alloc(addr, ptep), go_to('out')]),
    inside(
      'huge_pmd_share',
      [
        down_write(hugetlb_i_mmap(addr)),
        when(huge_pmd_shareable(addr, spte), [
          huge_pte_lock(addr, spte),
          when(pud_none(addr), [pud_populate(addr, spte)], [put_shared_table(spte)]),
          huge_pte_unlock(spte),
        ]),
        huge_pmd_alloc(addr, ptep),
        up_write(hugetlb_i_mmap(addr)),
      ],
      'mm/hugetlb.c',
    ),
    label('out'),
  ],
});
