import { branch, each, go_to, label, mutedSlot, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pte_dirty, pte_none, pte_present } from '../../src/kernel/entry.js';
import {
  gather_has_pages,
  tlb_flush_mmu_free,
  tlb_flush_mmu_tlbonly,
  tlb_needs_flush,
  tlb_remove_page,
  tlb_remove_tlb_entry,
} from '../../src/kernel/gather.js';
import { huge_page_size, huge_ptep_get, huge_ptep_get_and_clear } from '../../src/kernel/hugetlb.js';
import {
  huge_pmd_unshare,
  huge_pte_lock,
  huge_pte_unlock,
  huge_pte_offset,
  pud_start,
  PUD_SIZE,
} from '../../src/kernel/hugetlb-tables.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { set_page_dirty } from '../../src/kernel/page.js';
import { is_zero, let_, next_pmd } from '../../src/kernel/range.js';
import { page_remove_compound_rmap } from '../../src/kernel/rmap.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/**
 * Unmaps the whole huge pages of [start, start + count) under the caller's mmu_gather; i_mmap_rwsem is held for
 * writing. A table that another mm shares is given up as a whole, and the gather hears nothing of it. mm/hugetlb.c, v4.14.
 *
 * Left out: `ref_page`, reservations.
 */
export const __unmap_hugepage_range = operation({
  name: '__unmap_hugepage_range',
  from: 'mm/hugetlb.c',
  takes: ['start', 'count'],
  locals: ['first', 'pages', 'addr', 'cursor', 'pte', 'entry', 'page', 'force_flush'],
  steps: ({ start, count, first, pages, addr, cursor, pte, entry, page }) => [
    let_(first, start),
    let_(pages, count),
    mmu_notifier_invalidate_range_start(first, pages),
    each(next_pmd(start, count, cursor, addr), [
      huge_pte_offset(addr, pte),
      when(is_zero(pte), [go_to('next')]),
      huge_pte_lock(addr, pte),
      when(huge_pmd_unshare(addr, pte), [
        branch('unshare', [
          mutedSlot('after-clear', mmu_notifier_invalidate_range(pud_start(addr), PUD_SIZE)),
          huge_pte_unlock(pte),
          go_to('next'),
        ]),
      ]),
      huge_ptep_get(pte, entry),
      when(pte_none(entry), [huge_pte_unlock(pte), go_to('next')]),
      huge_ptep_get_and_clear(addr, pte, entry),
      when(not(pte_present(entry)), [huge_pte_unlock(pte), go_to('next')]), // huge_pte_clear of a migration or hwpoison entry
      mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, huge_page_size)),
      tlb_remove_tlb_entry(addr, huge_page_size), // tlb_remove_huge_tlb_entry
      let_(page, entry_target(entry)),
      when(pte_dirty(entry), [set_page_dirty(page)]),
      page_remove_compound_rmap(page),
      huge_pte_unlock(pte),
      when(tlb_remove_page(page), [
        when(tlb_needs_flush(), [tlb_flush_mmu_tlbonly()]), // tlb_remove_page_size: the batch is full
        when(gather_has_pages(), [tlb_flush_mmu_free()]),
      ]),
      label('next'),
    ]),
    mmu_notifier_invalidate_range_end(first, pages),
  ],
});
