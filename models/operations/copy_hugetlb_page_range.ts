import { each, not, slot, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pte_none } from '../../src/kernel/entry.js';
import {
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
import { same_address_in } from '../../src/kernel/mm.js';
import { let_, next_pmd } from '../../src/kernel/range.js';
import { page_dup_compound_rmap } from '../../src/kernel/rmap.js';
import { is_cow_mapping } from '../../src/kernel/vma.js';

/**
 * fork of a hugetlb vma, [start, start + count): each huge page is mapped at the same place of the mm `child` too, both
 * read-only if the mapping is private. Both mmap_sems are held for writing. mm/hugetlb.c, v4.14: the range of the whole
 * vma is invalidated under the locks of every page.
 *
 * Left out: migration and hwpoison entries, page-table pages shared with the child.
 */
export const copy_hugetlb_page_range = operation({
  name: 'copy_hugetlb_page_range',
  from: 'mm/hugetlb.c',
  takes: ['start', 'count', 'child', 'vma'],
  locals: ['addr', 'cursor', 'child_addr', 'src_pte', 'dst_pte', 'entry', 'page'],
  steps: ({ start, count, child, vma, addr, cursor, child_addr, src_pte, dst_pte, entry, page }) => [
    when(is_cow_mapping(vma), [mmu_notifier_invalidate_range_start(start, count)]),
    each(next_pmd(start, count, cursor, addr), [
      let_(child_addr, same_address_in(addr, child)),
      huge_pte_lock(child_addr, dst_pte),
      huge_pte_lock(addr, src_pte),
      huge_ptep_get(src_pte, entry),
      when(not(pte_none(entry)), [
        when(is_cow_mapping(vma), [
          huge_ptep_set_wrprotect(addr, src_pte),
          slot('after-set', mmu_notifier_invalidate_range(start, count)),
        ]),
        huge_ptep_get(src_pte, entry),
        let_(page, entry_target(entry)),
        get_page(page),
        page_dup_compound_rmap(page),
        set_huge_pte_at(child_addr, dst_pte, entry),
      ]),
      pmd_unlock(src_pte),
      pmd_unlock(dst_pte),
    ]),
    when(is_cow_mapping(vma), [mmu_notifier_invalidate_range_end(start, count)]),
  ],
});
