import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, entry_target, maybe_mkwrite, mk_huge_pmd } from '../../src/kernel/entry.js';
import { HPAGE_PMD_NR, pmdp_set_access_flags } from '../../src/kernel/huge.js';
import { copy_user_huge_page } from '../../src/kernel/highmem.js';
import {
  alloc_huge_page,
  get_page,
  lock_page,
  page_is_zero,
  put_page,
  trylock_page,
  unlock_page,
} from '../../src/kernel/page.js';
import {
  pmd_lock,
  pmd_same,
  pmd_unlock,
  pmdp_huge_clear_flush_notify,
  set_pmd_at,
} from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap, page_remove_compound_rmap } from '../../src/kernel/rmap.js';
import { reuse_swap_page } from '../../src/kernel/swap.js';
import { do_huge_pmd_wp_page_fallback } from './do_huge_pmd_wp_page_fallback.js';
import { split_huge_pmd } from './split_huge_pmd.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const ONE = number(1);

/**
 * A write fault on a read-only huge page, or on the huge zero page: reuse, or a copy into a new huge page, or into base
 * pages. mm/huge_memory.c, v4.14. `fallback`: the PMD has been split, base pages are to be used.
 *
 * Left out: memory cgroups, anon_vma_prepare, counters. References and mappings of the huge zero page are not counted.
 */
export const do_huge_pmd_wp_page = operation({
  name: 'do_huge_pmd_wp_page',
  from: 'mm/huge_memory.c',
  takes: ['haddr', 'orig_pmd', 'vma'],
  gives: ['fallback'],
  locals: ['page', 'pmd', 'new_page', 'entry', 'oom'],
  steps: ({ haddr, orig_pmd, vma, fallback, page, pmd, new_page, entry, oom }) => [
    let_(page, entry_target(orig_pmd)),
    when(page_is_zero(page), [go_to('alloc')]),
    pmd_lock(haddr, pmd),
    when(not(pmd_same(pmd, orig_pmd)), [go_to('out_unlock')]),
    when(not(trylock_page(page)), [
      get_page(page),
      pmd_unlock(pmd),
      lock_page(page),
      pmd_lock(haddr, pmd),
      when(not(pmd_same(pmd, orig_pmd)), [unlock_page(page), put_page(page), go_to('out_unlock')]),
      put_page(page),
    ]),
    when(reuse_swap_page(page), [
      pmdp_set_access_flags(haddr, pmd, maybe_mkwrite(DIRTY, vma)),
      unlock_page(page),
      go_to('out_unlock'),
    ]),
    unlock_page(page),
    get_page(page),
    pmd_unlock(pmd),
    label('alloc'),
    when(not(alloc_huge_page(new_page)), [
      when(page_is_zero(page), [call(split_huge_pmd, { addr: haddr }), let_(fallback, ONE), go_to('out')]),
      call(do_huge_pmd_wp_page_fallback, { haddr, orig_pmd, page, vma, oom }),
      when(not(is_zero(oom)), [call(split_huge_pmd, { addr: haddr }), let_(fallback, ONE)]),
      put_page(page),
      go_to('out'),
    ]),
    copy_user_huge_page(new_page, page),
    mmu_notifier_invalidate_range_start(haddr, HPAGE_PMD_NR),
    pmd_lock(haddr, pmd),
    put_page(page),
    when(
      pmd_same(pmd, orig_pmd),
      [
        pmdp_huge_clear_flush_notify(haddr, pmd, entry),
        page_add_new_anon_rmap(new_page, haddr),
        set_pmd_at(haddr, pmd, maybe_mkwrite(mk_huge_pmd(new_page, DIRTY), vma)),
        page_remove_compound_rmap(page),
        put_page(page), // the mapping's reference
        pmd_unlock(pmd),
      ],
      [pmd_unlock(pmd), put_page(new_page)],
    ),
    mmu_notifier_invalidate_range_end(haddr, HPAGE_PMD_NR),
    go_to('out'),
    label('out_unlock'),
    pmd_unlock(pmd),
    label('out'),
  ],
});
