import { operation } from '../../src/program/operation.js';
import { flush_tlb_kernel_range, free_kernel_table, kernel_pmd_clear } from '../../src/kernel/kernel-half.js';

/**
 * Takes the table out of a PMD of the kernel half and gives it back: arch/x86/mm/pgtable.c, v5.15. The flush reaches CPUs
 * alone; an IOMMU that walks the kernel half through a process's page table keeps the pointer.
 */
export const pmd_free_pte_page = operation({
  name: 'pmd_free_pte_page',
  from: 'arch/x86/mm/pgtable.c',
  version: 'v5.15',
  takes: [],
  locals: ['pgtable'],
  steps: ({ pgtable }) => [kernel_pmd_clear(pgtable), flush_tlb_kernel_range(), free_kernel_table(pgtable)],
});
