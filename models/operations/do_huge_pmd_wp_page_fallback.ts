import { branch, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, maybe_mkwrite, mk_pte } from '../../src/kernel/entry.js';
import {
  HPAGE_PMD_NR,
  pgtable_trans_huge_withdraw,
  pmd_populate,
  set_unreached_pte,
} from '../../src/kernel/huge.js';
import { copy_user_highpage } from '../../src/kernel/highmem.js';
import { alloc_page_vma, put_page } from '../../src/kernel/page.js';
import { pmd_lock, pmd_same, pmd_unlock, pmdp_huge_clear_flush_notify } from '../../src/kernel/pgtable.js';
import { let_, plus } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap, page_remove_compound_rmap } from '../../src/kernel/rmap.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const ONE = number(1);

/**
 * Copy-on-write of a huge page into base pages, when no huge page can be had. The caller has a reference on `page`.
 * mm/huge_memory.c, v4.14. `oom`: not even base pages. Left out: memory cgroups, the array's own allocation.
 */
export const do_huge_pmd_wp_page_fallback = operation({
  name: 'do_huge_pmd_wp_page_fallback',
  from: 'mm/huge_memory.c',
  takes: ['haddr', 'orig_pmd', 'page', 'vma'],
  gives: ['oom'],
  locals: ['page0', 'page1', 'page2', 'page3', 'pmd', 'entry', 'pgtable'],
  steps: ({ haddr, orig_pmd, page, vma, oom, page0, page1, page2, page3, pmd, entry, pgtable }) => {
    const pages = [page0, page1, page2, page3];
    return [
      ...pages.map((p) => let_(p, number(0))),
      ...pages.map((p) => when(not(alloc_page_vma(p)), [let_(oom, ONE), go_to('free_pages')])),
      ...pages.map((p, i) => copy_user_highpage(p, plus(page, number(i)))),
      mmu_notifier_invalidate_range_start(haddr, HPAGE_PMD_NR),
      pmd_lock(haddr, pmd),
      when(not(pmd_same(pmd, orig_pmd)), [
        branch('out_free_pages', [
          pmd_unlock(pmd),
          mmu_notifier_invalidate_range_end(haddr, HPAGE_PMD_NR),
          go_to('free_pages'),
        ]),
      ]),
      pmdp_huge_clear_flush_notify(haddr, pmd, entry), // the entry stays none until the table is filled
      pgtable_trans_huge_withdraw(pgtable),
      ...pages.flatMap((p, i) => [
        page_add_new_anon_rmap(p, plus(haddr, number(i))),
        set_unreached_pte(pgtable, number(i), maybe_mkwrite(mk_pte(p, DIRTY), vma)),
      ]),
      pmd_populate(haddr, pmd, pgtable),
      page_remove_compound_rmap(page),
      pmd_unlock(pmd),
      mmu_notifier_invalidate_range_end(haddr, HPAGE_PMD_NR),
      put_page(page), // the mapping's reference
      go_to('out'),
      label('free_pages'),
      ...pages.map((p) => put_page(p)), // those that were not allocated are 0, the zero page: not counted
      label('out'),
    ];
  },
});
