import { branch, each, go_to, label, mutedSlot, not, slot, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  is_hwpoison_entry,
  is_migration_entry,
  is_write_migration_entry,
  make_migration_entry_read,
  pte_none,
} from '../../src/kernel/entry.js';
import {
  huge_page_size,
  huge_pte_modify,
  huge_ptep_get,
  huge_ptep_get_and_clear,
  hugetlb_i_mmap,
  set_huge_pte_at,
} from '../../src/kernel/hugetlb.js';
import {
  huge_pmd_unshare,
  huge_pte_lock,
  huge_pte_unlock,
  huge_pte_offset,
  pud_start,
  PUD_SIZE,
} from '../../src/kernel/hugetlb-tables.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { is_zero, let_, next_pmd } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/**
 * mprotect of a hugetlb vma, [start, start + count) in base pages: whole huge pages of one vma, whose flags are `vma`
 * already. mmap_sem is held for writing. A table that another mm shares is given up as a whole, and only [start, start +
 * count) is flushed. mm/hugetlb.c, v4.14.
 */
export const hugetlb_change_protection = operation({
  name: 'hugetlb_change_protection',
  from: 'mm/hugetlb.c',
  takes: ['start', 'count', 'vma'],
  locals: ['first', 'pages', 'flush_start', 'flush_pages', 'addr', 'cursor', 'pte', 'entry'],
  steps: ({ start, count, vma, first, pages, flush_start, flush_pages, addr, cursor, pte, entry }) => [
    let_(first, start),
    let_(pages, count),
    let_(flush_start, start),
    let_(flush_pages, count),
    mmu_notifier_invalidate_range_start(first, pages),
    down_write(hugetlb_i_mmap(start)),
    each(next_pmd(start, count, cursor, addr), [
      huge_pte_offset(addr, pte),
      when(is_zero(pte), [go_to('next')]),
      huge_pte_lock(addr, pte),
      when(huge_pmd_unshare(addr, pte), [
        branch('unshare', [
          mutedSlot('after-clear', mmu_notifier_invalidate_range(pud_start(addr), PUD_SIZE)),
          go_to('unlock'),
        ]),
      ]),
      huge_ptep_get(pte, entry),
      when(is_hwpoison_entry(entry), [go_to('unlock')]),
      when(is_migration_entry(entry), [
        when(is_write_migration_entry(entry), [
          set_huge_pte_at(addr, pte, make_migration_entry_read(entry)), // set_huge_swap_pte_at
        ]),
        go_to('unlock'),
      ]),
      when(not(pte_none(entry)), [
        huge_ptep_get_and_clear(addr, pte, entry),
        mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, huge_page_size)),
        set_huge_pte_at(addr, pte, huge_pte_modify(entry, vma)),
      ]),
      label('unlock'),
      huge_pte_unlock(pte),
      label('next'),
    ]),
    flush_tlb_range(flush_start, flush_pages), // before i_mmap_rwsem is dropped: a shared page-table page may go away after it
    slot('after-flush', mmu_notifier_invalidate_range(flush_start, flush_pages)),
    up_write(hugetlb_i_mmap(start)),
    mmu_notifier_invalidate_range_end(first, pages),
  ],
});
