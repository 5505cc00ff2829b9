import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  alloc_vmap_area,
  flush_tlb_kernel_range,
  free_vmap_area,
  kernel_pmd_present,
  pmd_clear_huge,
  pmd_set_huge,
  pte_alloc_kernel,
} from '../../src/kernel/kernel-half.js';
import { pmd_free_pte_page } from './pmd_free_pte_page.js';

/**
 * The kernel maps base pages in the vmalloc area, and unmaps them: vmap_pages_pte_range and vunmap_pte_range, mm/vmalloc.c,
 * v5.15. Left out: the pages and their entries, which no user can reach; that the purge comes later and for many areas.
 */
export const vmalloc = operation({
  name: 'vmalloc',
  from: 'mm/vmalloc.c',
  version: 'v5.15',
  takes: [],
  steps: () => [
    when(not(alloc_vmap_area()), [go_to('out')]),
    pte_alloc_kernel(),
    flush_tlb_kernel_range(), // of the purge, after vfree
    free_vmap_area(),
    label('out'),
  ],
});

/**
 * It maps a huge page there, over the table that is left from before (vmap_try_huge_pmd), and unmaps it. From v5.13 for
 * vmalloc; ioremap did so before.
 */
export const vmalloc_huge = operation({
  name: 'vmalloc_huge',
  from: 'mm/vmalloc.c',
  version: 'v5.15',
  takes: [],
  steps: () => [
    when(not(alloc_vmap_area()), [go_to('out')]),
    when(kernel_pmd_present(), [call(pmd_free_pte_page, {})]),
    pmd_set_huge(),
    pmd_clear_huge(),
    flush_tlb_kernel_range(),
    free_vmap_area(),
    label('out'),
  ],
});
