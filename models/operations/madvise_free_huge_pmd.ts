import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pmd_trans_huge, pte_dirty, pte_mkclean } from '../../src/kernel/entry.js';
import { pmd_start, tlb_remove_tlb_entry } from '../../src/kernel/gather.js';
import { HPAGE_PMD_NR, pmdp_get, pmdp_invalidate } from '../../src/kernel/huge.js';
import {
  ClearPageFlag,
  get_page,
  page_is_zero,
  PG_dirty,
  put_page,
  trylock_page,
  unlock_page,
} from '../../src/kernel/page.js';
import { pmd_lock, pmd_unlock, set_pmd_at } from '../../src/kernel/pgtable.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { page_mapcount_is } from '../../src/kernel/rmap.js';
import { mark_page_lazyfree } from '../../src/kernel/swap.js';
import { split_huge_page_to_list } from './split_huge_page_to_list.js';

const ONE = number(1);

/**
 * The same for a whole huge PMD entry; `done` stays 0 when that was not possible. mm/huge_memory.c, v4.14: the bits of
 * the entry are those read before it was invalidated. A huge page of which only a part is meant is split, and left to
 * the caller. Left out: the accessed bit.
 */
export const madvise_free_huge_pmd = operation({
  name: 'madvise_free_huge_pmd',
  from: 'mm/huge_memory.c',
  takes: ['addr', 'count'],
  gives: ['done'],
  locals: ['haddr', 'pmd', 'entry', 'old', 'page'],
  steps: ({ addr, count, done, haddr, pmd, entry, old, page }) => [
    let_(haddr, pmd_start(addr)),
    pmd_lock(haddr, pmd), // pmd_trans_huge_lock
    pmdp_get(pmd, entry),
    when(not(pmd_trans_huge(entry)), [go_to('out')]),
    let_(page, entry_target(entry)),
    when(page_is_zero(page), [go_to('out')]),
    when(not(page_mapcount_is(page, ONE)), [go_to('out')]),
    when(not(trylock_page(page)), [go_to('out')]),
    when(not(equal(count, HPAGE_PMD_NR)), [
      get_page(page),
      pmd_unlock(pmd),
      call(split_huge_page_to_list, { page, keep: page }),
      unlock_page(page),
      put_page(page),
      go_to('out_unlocked'),
    ]),
    ClearPageFlag(page, PG_dirty),
    unlock_page(page),
    when(pte_dirty(entry), [
      pmdp_invalidate(haddr, pmd, old),
      set_pmd_at(haddr, pmd, pte_mkclean(entry)),
      tlb_remove_tlb_entry(haddr, HPAGE_PMD_NR),
    ]),
    mark_page_lazyfree(page),
    let_(done, ONE),
    label('out'),
    pmd_unlock(pmd),
    label('out_unlocked'),
  ],
});
