import { branch, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  DIRTY,
  maybe_mkwrite,
  mk_huge_pmd,
  pte_clear_protnone,
  pte_wrprotect,
} from '../../src/kernel/entry.js';
import { HPAGE_PMD_NR } from '../../src/kernel/huge.js';
import {
  migrate_huge_page_copy,
  numamigrate_isolate_page,
  page_ref_freeze,
  page_ref_unfreeze,
} from '../../src/kernel/migrate.js';
import { alloc_huge_page, get_page, lock_page, put_page, unlock_page } from '../../src/kernel/page.js';
import {
  pmd_lock,
  pmd_same,
  pmd_unlock,
  pmdp_huge_clear_flush_notify,
  set_pmd_at,
} from '../../src/kernel/pgtable.js';
import { page_dup_compound_rmap, page_remove_compound_rmap } from '../../src/kernel/rmap.js';
import { putback_lru_page } from '../../src/kernel/vmscan.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/** The mapping's reference and the isolation's. */
const TWO = number(2);

/**
 * Moves a huge page to another node. The page is locked and is unlocked here, as a reference of the caller's is dropped.
 * The contents are copied first: that nobody writes them is the business of whoever made the entry inaccessible.
 * mm/migrate.c, v4.14. Left out: the rate limit, mlock. The new entry is writable if the vma is.
 */
export const migrate_misplaced_transhuge_page = operation({
  name: 'migrate_misplaced_transhuge_page',
  from: 'mm/migrate.c',
  takes: ['haddr', 'entry', 'page', 'vma'],
  locals: ['new_page', 'pmd', 'old'],
  steps: ({ haddr, entry, page, vma, new_page, pmd, old }) => [
    when(not(alloc_huge_page(new_page)), [go_to('out_fail')]),
    when(not(numamigrate_isolate_page(page)), [put_page(new_page), go_to('out_fail')]),
    lock_page(new_page), // __SetPageLocked: nobody else knows it
    migrate_huge_page_copy(new_page, page),
    mmu_notifier_invalidate_range_start(haddr, HPAGE_PMD_NR),
    pmd_lock(haddr, pmd),
    when(pmd_same(pmd, entry), [when(page_ref_freeze(page, TWO), [go_to('frozen')])]),
    branch('changed', [
      pmd_unlock(pmd),
      mmu_notifier_invalidate_range_end(haddr, HPAGE_PMD_NR),
      unlock_page(new_page),
      put_page(new_page),
      get_page(page), // the caller's again
      putback_lru_page(page),
      go_to('out_unlock'),
    ]),
    label('frozen'),
    page_dup_compound_rmap(new_page), // page_add_anon_rmap
    pmdp_huge_clear_flush_notify(haddr, pmd, old),
    set_pmd_at(haddr, pmd, maybe_mkwrite(mk_huge_pmd(new_page, DIRTY), vma)),
    page_ref_unfreeze(page, TWO),
    page_remove_compound_rmap(page),
    pmd_unlock(pmd),
    mmu_notifier_invalidate_range_end(haddr, HPAGE_PMD_NR),
    unlock_page(new_page),
    unlock_page(page),
    put_page(page), // the mapping's reference
    putback_lru_page(page), // the isolation's
    go_to('out'),
    label('out_fail'),
    pmd_lock(haddr, pmd),
    when(pmd_same(pmd, entry), [set_pmd_at(haddr, pmd, pte_wrprotect(pte_clear_protnone(entry)))]), // pmd_modify
    pmd_unlock(pmd),
    label('out_unlock'),
    unlock_page(page),
    put_page(page),
    label('out'),
  ],
});
