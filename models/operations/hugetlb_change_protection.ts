import { each, mutedSlot, not, slot, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_none } from '../../src/kernel/entry.js';
import {
  huge_page_size,
  huge_pte_lock,
  huge_pte_modify,
  huge_ptep_get,
  huge_ptep_get_and_clear,
  hugetlb_i_mmap,
  set_huge_pte_at,
} from '../../src/kernel/hugetlb.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import {
  mmu_notifier_invalidate_range,
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
} from '../../src/kernel/notifier.js';
import { pmd_unlock } from '../../src/kernel/pgtable.js';
import { next_pmd } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';

/**
 * mprotect of a hugetlb vma, [start, start + count) in base pages: whole huge pages of one vma, whose flags are `vma`
 * already. mmap_sem is held for writing. mm/hugetlb.c, v4.14.
 *
 * Left out: shared page-table pages (huge_pmd_unshare), migration and hwpoison entries.
 */
export const hugetlb_change_protection = operation({
  name: 'hugetlb_change_protection',
  from: 'mm/hugetlb.c',
  takes: ['start', 'count', 'vma'],
  locals: ['addr', 'cursor', 'pte', 'entry'],
  steps: ({ start, count, vma, addr, cursor, pte, entry }) => [
    mmu_notifier_invalidate_range_start(start, count),
    down_write(hugetlb_i_mmap(start)),
    each(next_pmd(start, count, cursor, addr), [
      huge_pte_lock(addr, pte),
      huge_ptep_get(pte, entry),
      when(not(pte_none(entry)), [
        huge_ptep_get_and_clear(addr, pte, entry),
        mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, huge_page_size)),
        set_huge_pte_at(addr, pte, huge_pte_modify(entry, vma)),
      ]),
      pmd_unlock(pte),
    ]),
    flush_tlb_range(start, count), // before i_mmap_rwsem is dropped: a shared page-table page may go away after it
    slot('after-flush', mmu_notifier_invalidate_range(start, count)),
    up_write(hugetlb_i_mmap(start)),
    mmu_notifier_invalidate_range_end(start, count),
  ],
});
