import { go_to, label, not, number, slot, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { signal_bus } from '../../src/kernel/access.js';
import { DIRTY, entry_target, WRITE } from '../../src/kernel/entry.js';
import {
  alloc_hugetlb_page,
  huge_page_size,
  huge_ptep_clear_flush,
  huge_ptep_get,
  huge_ptep_set_access_flags,
  make_huge_pte,
  set_huge_pte_at,
} from '../../src/kernel/hugetlb.js';
import { huge_pte_lock, huge_pte_unlock } from '../../src/kernel/hugetlb-tables.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { copy_user_huge_page } from '../../src/kernel/highmem.js';
import { get_page, PageAnon, put_page } from '../../src/kernel/page.js';
import { pte_same } from '../../src/kernel/pgtable.js';
import { flags } from '../../src/program/build.js';
import { let_ } from '../../src/kernel/range.js';
import {
  page_add_new_anon_rmap,
  page_mapcount_is,
  page_remove_compound_rmap,
} from '../../src/kernel/rmap.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const ONE = number(1);

/**
 * Write fault on a read-only hugetlb entry of a private mapping; before v6.0 of a shared one too, whose page is copied.
 * Entered and left with the entry's lock held, the old page locked and referenced by the caller. mm/hugetlb.c, v4.14.
 *
 * Left out: reservations, and with them unmap_ref_private, which takes the page from the children of the mapping's
 * owner when the pool is empty; anon_vma_prepare.
 */
export const hugetlb_cow = operation({
  name: 'hugetlb_cow',
  from: 'mm/hugetlb.c',
  takes: ['addr', 'pte', 'vma'],
  gives: ['fault'],
  locals: ['orig_pte', 'old_page', 'new_page', 'entry'],
  steps: ({ addr, pte, fault, orig_pte, old_page, new_page, entry }) => [
    huge_ptep_get(pte, orig_pte),
    let_(old_page, entry_target(orig_pte)),
    when(page_mapcount_is(old_page, ONE), [
      when(PageAnon(old_page), [
        huge_ptep_set_access_flags(addr, pte, flags(WRITE, DIRTY)), // set_huge_ptep_writable
        go_to('out'),
      ]),
    ]),
    get_page(old_page),
    huge_pte_unlock(pte),
    when(not(alloc_hugetlb_page(new_page)), [let_(fault, signal_bus), go_to('out_release_old')]),
    copy_user_huge_page(new_page, old_page),
    mmu_notifier_invalidate_range_start(addr, huge_page_size),
    huge_pte_lock(addr, pte),
    when(pte_same(pte, orig_pte), [
      huge_ptep_clear_flush(addr, pte, entry),
      slot('after-clear', mmu_notifier_invalidate_range(addr, huge_page_size)),
      set_huge_pte_at(addr, pte, make_huge_pte(new_page, ONE)),
      page_remove_compound_rmap(old_page),
      page_add_new_anon_rmap(new_page, addr), // hugepage_add_new_anon_rmap
      let_(new_page, old_page),
    ]),
    huge_pte_unlock(pte),
    mmu_notifier_invalidate_range_end(addr, huge_page_size),
    put_page(new_page), // the old page's mapping, or the new page that nobody needs
    label('out_release_old'),
    put_page(old_page),
    huge_pte_lock(addr, pte),
    label('out'),
  ],
});
