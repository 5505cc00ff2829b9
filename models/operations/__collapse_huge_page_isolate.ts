import { each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pte_present, pte_write } from '../../src/kernel/entry.js';
import { HPAGE_PMD_NR } from '../../src/kernel/huge.js';
import {
  isolate_source_page,
  page_count_is_plain,
  pte_none_or_zero,
  release_pte_page,
  trylock_source_page,
  unlock_source_page,
  unreached_pte,
} from '../../src/kernel/khugepaged.js';
import { PageTransHuge } from '../../src/kernel/page.js';
import { is_zero, let_, minus, next_page } from '../../src/kernel/range.js';
import { PageSwapCache, reuse_swap_page } from '../../src/kernel/swap.js';

const ONE = number(1);

/**
 * Locks and isolates the pages that a table maps, all or none: `isolated` is 0 when some page is in use elsewhere. The
 * page-table lock is held. mm/khugepaged.c, v4.14. Left out: the accessed bit, max_ptes_none, pages without a struct page.
 */
export const __collapse_huge_page_isolate = operation({
  name: '__collapse_huge_page_isolate',
  from: 'mm/khugepaged.c',
  takes: ['haddr', 'pgtable'],
  gives: ['isolated'],
  locals: ['cursor', 'at', 'entry', 'page', 'writable', 'release', 'done'],
  steps: ({ haddr, pgtable, isolated, cursor, at, entry, page, writable, release, done }) => [
    each(next_page(haddr, HPAGE_PMD_NR, cursor, at), [
      let_(entry, unreached_pte(pgtable, at)),
      let_(done, minus(at, haddr)),
      when(not(pte_none_or_zero(entry)), [
        when(not(pte_present(entry)), [go_to('out')]),
        let_(page, entry_target(entry)),
        when(PageTransHuge(page), [go_to('out')]),
        when(not(trylock_source_page(page)), [go_to('out')]),
        when(not(page_count_is_plain(page)), [unlock_source_page(page), go_to('out')]), // a pin, or a sharer
        when(
          pte_write(entry),
          [let_(writable, ONE)],
          [
            when(PageSwapCache(page), [
              when(not(reuse_swap_page(page)), [unlock_source_page(page), go_to('out')]),
            ]),
          ],
        ),
        when(not(isolate_source_page(page)), [unlock_source_page(page), go_to('out')]),
      ]),
    ]),
    let_(done, HPAGE_PMD_NR),
    let_(isolated, writable),
    when(not(is_zero(writable)), [go_to('succeed')]),
    label('out'),
    each(next_page(haddr, done, release, at), [
      let_(entry, unreached_pte(pgtable, at)), // release_pte_pages
      when(not(pte_none_or_zero(entry)), [let_(page, entry_target(entry)), release_pte_page(page)]),
    ]),
    label('succeed'),
  ],
});
