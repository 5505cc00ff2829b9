import { insert, type Edit } from '../src/program/model.js';
import { iommu_sva_invalidate_kva_range } from '../src/kernel/kernel-half.js';
import { pmd_free_pte_page } from './operations/pmd_free_pte_page.js';

/** Secondary TLBs hear of page-table pages of the kernel half before these are freed (CVE-2025-71202). */
export const kernelHalfRepairs: readonly Edit[] = [
  insert(
    pmd_free_pte_page.name,
    'after',
    { callee: 'flush_tlb_kernel_range' },
    [iommu_sva_invalidate_kva_range()],
    'tables of the kernel half are freed after the devices of every bound mm were told: iommu_sva_invalidate_kva_range, v6.19 and v6.18.7',
  ),
];
