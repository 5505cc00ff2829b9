import { each, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target } from '../../src/kernel/entry.js';
import { HPAGE_PMD_NR } from '../../src/kernel/huge.js';
import {
  copy_to_subpage,
  pte_clear,
  pte_none_or_zero,
  release_pte_page,
  unreached_pte,
} from '../../src/kernel/khugepaged.js';
import { put_page, trylock_page, unlock_page } from '../../src/kernel/page.js';
import { let_, minus, next_page, plus } from '../../src/kernel/range.js';
import { page_mapped, page_remove_rmap } from '../../src/kernel/rmap.js';
import { PageSwapCache, try_to_free_swap } from '../../src/kernel/swap.js';

/**
 * Copies the isolated base pages into the new huge page and gives them up; where there was none, the new page is zero.
 * mm/khugepaged.c, v4.14. Left out: the lock of the table, which is out of reach; entries of the zero page stay until it goes.
 */
export const __collapse_huge_page_copy = operation({
  name: '__collapse_huge_page_copy',
  from: 'mm/khugepaged.c',
  takes: ['haddr', 'pgtable', 'new_page'],
  locals: ['cursor', 'at', 'entry', 'src_page'],
  steps: ({ haddr, pgtable, new_page, cursor, at, entry, src_page }) => [
    each(next_page(haddr, HPAGE_PMD_NR, cursor, at), [
      let_(entry, unreached_pte(pgtable, at)),
      when(not(pte_none_or_zero(entry)), [
        let_(src_page, entry_target(entry)),
        copy_to_subpage(plus(new_page, minus(at, haddr)), src_page),
        release_pte_page(src_page),
        pte_clear(pgtable, at),
        page_remove_rmap(src_page),
        when(PageSwapCache(src_page), [
          when(not(page_mapped(src_page)), [
            when(trylock_page(src_page), [when(try_to_free_swap(src_page), []), unlock_page(src_page)]),
          ]),
        ]),
        put_page(src_page), // free_page_and_swap_cache: the mapping's reference
      ]),
    ]),
  ],
});
