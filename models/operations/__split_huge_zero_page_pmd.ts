import { operation } from '../../src/program/operation.js';
import { fill_zero_ptes, pgtable_trans_huge_withdraw, pmd_populate } from '../../src/kernel/huge.js';
import { pmdp_huge_clear_flush_notify } from '../../src/kernel/pgtable.js';

/** Splits the huge zero page into PTEs of the zero page; the PMD lock is held. mm/huge_memory.c, v4.14. */
export const __split_huge_zero_page_pmd = operation({
  name: '__split_huge_zero_page_pmd',
  from: 'mm/huge_memory.c',
  takes: ['haddr', 'pmd'],
  locals: ['pgtable', 'entry'],
  steps: ({ haddr, pmd, pgtable, entry }) => [
    pmdp_huge_clear_flush_notify(haddr, pmd, entry),
    pgtable_trans_huge_withdraw(pgtable),
    fill_zero_ptes(pgtable),
    pmd_populate(haddr, pmd, pgtable),
  ],
});
