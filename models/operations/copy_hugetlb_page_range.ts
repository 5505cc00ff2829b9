import { go_to, label, not, slot, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pte_none } from '../../src/kernel/entry.js';
import {
  huge_page_size,
  huge_pte_lock,
  huge_ptep_get,
  huge_ptep_set_wrprotect,
  set_huge_pte_at,
} from '../../src/kernel/hugetlb.js';
import {
  mmu_notifier_invalidate_range,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
} from '../../src/kernel/notifier.js';
import { get_page } from '../../src/kernel/page.js';
import { pmd_unlock } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { page_dup_compound_rmap } from '../../src/kernel/rmap.js';
import { find_vma, is_cow_mapping } from '../../src/kernel/vma.js';

/**
 * fork of a hugetlb mapping: the huge page at `addr` of the parent is mapped at `child` too, both read-only if the
 * mapping is private. Both mmap_sems are held for writing. mm/hugetlb.c, v4.14.
 *
 * Each PMD region is a vma of its own here, so that the range of the vma is the page's. Left out: migration and
 * hwpoison entries, page-table pages shared with the child.
 */
export const copy_hugetlb_page_range = operation({
  name: 'copy_hugetlb_page_range',
  from: 'mm/hugetlb.c',
  takes: ['addr', 'child'],
  locals: ['vma', 'src_pte', 'dst_pte', 'entry', 'page'],
  steps: ({ addr, child, vma, src_pte, dst_pte, entry, page }) => [
    when(not(find_vma(addr, vma)), [go_to('out')]),
    when(is_cow_mapping(vma), [mmu_notifier_invalidate_range_start(addr, huge_page_size)]),
    huge_pte_lock(child, dst_pte),
    huge_pte_lock(addr, src_pte),
    huge_ptep_get(src_pte, entry),
    when(not(pte_none(entry)), [
      when(is_cow_mapping(vma), [
        huge_ptep_set_wrprotect(addr, src_pte),
        slot('after-set', mmu_notifier_invalidate_range(addr, huge_page_size)), // the whole vma, once a page
      ]),
      huge_ptep_get(src_pte, entry),
      let_(page, entry_target(entry)),
      get_page(page),
      page_dup_compound_rmap(page),
      set_huge_pte_at(child, dst_pte, entry),
    ]),
    pmd_unlock(src_pte),
    pmd_unlock(dst_pte),
    when(is_cow_mapping(vma), [mmu_notifier_invalidate_range_end(addr, huge_page_size)]),
    label('out'),
  ],
});
