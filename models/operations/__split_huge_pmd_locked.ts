import { branch, call, each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pte_dirty } from '../../src/kernel/entry.js';
import {
  fill_split_ptes,
  HPAGE_PMD_NR,
  page_ref_add,
  pgtable_trans_huge_withdraw,
  pmd_populate,
  pmdp_get,
  pmdp_invalidate,
} from '../../src/kernel/huge.js';
import { pmdp_huge_clear_flush_notify } from '../../src/kernel/pgtable.js';
import { page_is_zero, PageAnon, put_page, set_page_dirty, vm_normal_page } from '../../src/kernel/page.js';
import { is_zero, let_, minus, next_page } from '../../src/kernel/range.js';
import { page_remove_compound_rmap, page_remove_rmap } from '../../src/kernel/rmap.js';
import { number } from '../../src/program/build.js';
import { __split_huge_zero_page_pmd } from './__split_huge_zero_page_pmd.js';

const ONE = number(1);

/**
 * A huge PMD entry becomes a table of PTEs that map the same frames; the PMD lock is held. With `freeze` they are
 * migration entries. mm/huge_memory.c, v4.14: rights and dirty bit are sampled while the entry still is in use.
 *
 * An entry of a file is cleared: its pages are faulted in again. What its dirty bit said is lost (pages of tmpfs are dirty
 * anyway). Left out: the accessed bit, PG_double_map (mappings by PMD and by PTE are counted apart).
 */
export const __split_huge_pmd_locked = operation({
  name: '__split_huge_pmd_locked',
  from: 'mm/huge_memory.c',
  takes: ['haddr', 'pmd', 'freeze'],
  locals: ['entry', 'old', 'page', 'pgtable', 'cursor', 'sub'],
  steps: ({ haddr, pmd, freeze, entry, old, page, pgtable, cursor, sub }) => [
    pmdp_get(pmd, entry),
    let_(page, entry_target(entry)),
    when(page_is_zero(page), [call(__split_huge_zero_page_pmd, { haddr, pmd }), go_to('out')]),
    when(not(vm_normal_page(page)), [
      branch('dax', [pmdp_huge_clear_flush_notify(haddr, pmd, old)]),
      go_to('out'),
    ]),
    when(not(PageAnon(page)), [
      branch('file', [
        pmdp_huge_clear_flush_notify(haddr, pmd, old),
        page_remove_compound_rmap(page),
        put_page(page), // the mapping's reference
      ]),
      go_to('out'),
    ]),
    page_ref_add(page, minus(HPAGE_PMD_NR, ONE)),
    pgtable_trans_huge_withdraw(pgtable),
    when(pte_dirty(entry), [set_page_dirty(page)]),
    fill_split_ptes(pgtable, haddr, entry, freeze),
    page_remove_compound_rmap(page), // compound_mapcount
    pmdp_invalidate(haddr, pmd, old), // v4.17 does this first, and takes the bits from what it returns
    pmd_populate(haddr, pmd, pgtable),
    when(not(is_zero(freeze)), [
      each(next_page(page, HPAGE_PMD_NR, cursor, sub), [page_remove_rmap(sub), put_page(sub)]),
    ]),
    label('out'),
  ],
});
