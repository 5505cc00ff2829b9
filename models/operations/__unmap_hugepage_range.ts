import { each, mutedSlot, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pte_dirty, pte_none } from '../../src/kernel/entry.js';
import {
  gather_has_pages,
  tlb_flush_mmu_free,
  tlb_flush_mmu_tlbonly,
  tlb_needs_flush,
  tlb_remove_page,
  tlb_remove_tlb_entry,
} from '../../src/kernel/gather.js';
import {
  huge_page_size,
  huge_pte_lock,
  huge_ptep_get,
  huge_ptep_get_and_clear,
} from '../../src/kernel/hugetlb.js';
import {
  mmu_notifier_invalidate_range,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
} from '../../src/kernel/notifier.js';
import { set_page_dirty } from '../../src/kernel/page.js';
import { pmd_unlock } from '../../src/kernel/pgtable.js';
import { let_, next_pmd } from '../../src/kernel/range.js';
import { page_remove_compound_rmap } from '../../src/kernel/rmap.js';

/**
 * Unmaps the whole huge pages of [start, start + count) under the caller's mmu_gather; i_mmap_rwsem is held for
 * writing. mm/hugetlb.c, v4.14.
 *
 * Left out: shared page-table pages (huge_pmd_unshare), migration and hwpoison entries, `ref_page`, reservations.
 */
export const __unmap_hugepage_range = operation({
  name: '__unmap_hugepage_range',
  from: 'mm/hugetlb.c',
  takes: ['start', 'count'],
  locals: ['addr', 'cursor', 'pte', 'entry', 'page'],
  steps: ({ start, count, addr, cursor, pte, entry, page }) => [
    mmu_notifier_invalidate_range_start(start, count),
    each(next_pmd(start, count, cursor, addr), [
      huge_pte_lock(addr, pte),
      huge_ptep_get(pte, entry),
      when(
        not(pte_none(entry)),
        [
          huge_ptep_get_and_clear(addr, pte, entry),
          mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, huge_page_size)),
          tlb_remove_tlb_entry(addr, huge_page_size), // tlb_remove_huge_tlb_entry
          let_(page, entry_target(entry)),
          when(pte_dirty(entry), [set_page_dirty(page)]),
          page_remove_compound_rmap(page),
          pmd_unlock(pte),
          when(tlb_remove_page(page), [
            when(tlb_needs_flush(), [tlb_flush_mmu_tlbonly()]), // tlb_remove_page_size: the batch is full
            when(gather_has_pages(), [tlb_flush_mmu_free()]),
          ]),
        ],
        [pmd_unlock(pte)],
      ),
    ]),
    mmu_notifier_invalidate_range_end(start, count),
  ],
});
