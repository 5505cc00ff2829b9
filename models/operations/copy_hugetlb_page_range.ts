import { branch, call, each, go_to, label, slot, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  entry_target,
  is_hwpoison_entry,
  is_migration_entry,
  is_write_migration_entry,
  make_migration_entry_read,
  pte_none,
} from '../../src/kernel/entry.js';
import { huge_ptep_get, huge_ptep_set_wrprotect, set_huge_pte_at } from '../../src/kernel/hugetlb.js';
import { huge_pte_lock, huge_pte_unlock, huge_pte_offset } from '../../src/kernel/hugetlb-tables.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { get_page } from '../../src/kernel/page.js';
import { same_address_in } from '../../src/kernel/mm.js';
import { equal, is_zero, let_, next_pmd } from '../../src/kernel/range.js';
import { page_dup_compound_rmap } from '../../src/kernel/rmap.js';
import { is_cow_mapping } from '../../src/kernel/vma.js';
import { huge_pte_alloc } from './huge_pte_alloc.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/**
 * fork of a hugetlb vma, [start, start + count): each huge page is mapped at the same place of the mm `child` too, both
 * read-only if the mapping is private; a table that the child shares with the parent needs no copy. Both mmap_sems are
 * held for writing. mm/hugetlb.c, v4.14: the range of the whole vma is invalidated under the locks of every page.
 *
 * Without memory for a table the child lacks the page, where the C fails the fork.
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
      huge_pte_offset(addr, src_pte),
      when(is_zero(src_pte), [go_to('next')]),
      call(huge_pte_alloc, { addr: child_addr, ptep: dst_pte }),
      when(is_zero(dst_pte), [go_to('next')]),
      when(equal(dst_pte, src_pte), [go_to('next')]),
      huge_pte_lock(child_addr, dst_pte),
      huge_pte_lock(addr, src_pte),
      huge_ptep_get(src_pte, entry),
      when(pte_none(entry), [go_to('unlock')]),
      when(is_migration_entry(entry), [
        branch('migration', [
          when(is_cow_mapping(vma), [
            when(is_write_migration_entry(entry), [
              let_(entry, make_migration_entry_read(entry)),
              set_huge_pte_at(addr, src_pte, entry), // set_huge_swap_pte_at
            ]),
          ]),
          set_huge_pte_at(child_addr, dst_pte, entry),
          go_to('unlock'),
        ]),
      ]),
      when(is_hwpoison_entry(entry), [
        branch('hwpoison', [set_huge_pte_at(child_addr, dst_pte, entry), go_to('unlock')]),
      ]),
      when(is_cow_mapping(vma), [
        huge_ptep_set_wrprotect(addr, src_pte),
        slot('after-set', mmu_notifier_invalidate_range(start, count)),
      ]),
      huge_ptep_get(src_pte, entry),
      let_(page, entry_target(entry)),
      get_page(page),
      page_dup_compound_rmap(page),
      set_huge_pte_at(child_addr, dst_pte, entry),
      label('unlock'),
      huge_pte_unlock(src_pte),
      huge_pte_unlock(dst_pte),
      label('next'),
    ]),
    when(is_cow_mapping(vma), [mmu_notifier_invalidate_range_end(start, count)]),
  ],
});
