import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  clear_new_page_mapping,
  collapse_slot,
  extent_is_empty,
  init_new_file_page,
  listed_page,
  page_ref_freeze_replace,
  page_ref_unfreeze_free,
  radix_tree_rollback,
  unlock_put_slot,
} from '../../src/kernel/collapse-shmem.js';
import { page_mapping_is } from '../../src/kernel/filemap.js';
import { HPAGE_PMD_NR } from '../../src/kernel/huge.js';
import { copy_to_subpage, isolate_source_page, release_pte_page } from '../../src/kernel/khugepaged.js';
import {
  alloc_huge_page,
  ClearPageFlag,
  lock_page,
  PageTransHuge,
  PG_not_uptodate,
  put_page,
  set_page_dirty,
  unlock_page,
} from '../../src/kernel/page.js';
import { is_zero, let_, minus, next_page, plus } from '../../src/kernel/range.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import { clear_highpage } from '../../src/kernel/shmem.js';
import { check_mapping } from '../../src/kernel/truncate.js';
import { putback_lru_page } from '../../src/kernel/vmscan.js';
import { retract_page_tables } from './retract_page_tables.js';
import { unmap_mapping_range } from './unmap_mapping_range.js';

const NOTHING = number(0);
const ONE = number(1);

/**
 * The pages of a tmpfs file from `index` on become one huge page: page by page they are unmapped and replaced by the new page,
 * which is locked and not up to date; then their contents are copied, and the page tables that mapped them taken away. Or, when
 * some page is in use elsewhere, all is put back. mm/khugepaged.c, v4.14, as 4.14.y has the order of these steps.
 *
 * Left out: memory cgroups, swap-in, counters.
 */
export const collapse_shmem = operation({
  name: 'collapse_shmem',
  from: 'mm/khugepaged.c',
  takes: ['index'],
  locals: ['new_page', 'cursor', 'at', 'page', 'pagelist', 'sub'],
  steps: ({ index, new_page, cursor, at, page, pagelist, sub }) => [
    when(not(alloc_huge_page(new_page)), [go_to('out')]),
    init_new_file_page(new_page, index),
    lock_page(new_page), // __SetPageLocked
    let_(pagelist, NOTHING),
    when(extent_is_empty(index), [go_to('rollback')]), // SCAN_TRUNCATED
    each(next_page(index, HPAGE_PMD_NR, cursor, at), [
      when(not(collapse_slot(at, new_page, page)), [go_to('rollback')]),
      when(is_zero(page), [go_to('next')]), // a hole
      when(PageTransHuge(page), [go_to('out_unlock')]),
      when(not(page_mapping_is(page)), [go_to('out_unlock')]),
      when(not(isolate_source_page(page)), [go_to('out_unlock')]), // isolate_lru_page
      when(page_mapped(page), [call(unmap_mapping_range, { index: at, count: ONE, details: check_mapping })]),
      when(not(page_ref_freeze_replace(page, at, new_page, pagelist)), [
        putback_lru_page(page),
        go_to('out_unlock'),
      ]),
      go_to('next'),
      label('out_unlock'),
      unlock_put_slot(page),
      go_to('rollback'),
      label('next'),
    ]),
    each(next_page(index, HPAGE_PMD_NR, cursor, at), [
      let_(sub, plus(new_page, minus(at, index))),
      let_(page, listed_page(pagelist, at)),
      when(is_zero(page), [clear_highpage(sub)], [copy_to_subpage(sub, page), page_ref_unfreeze_free(page)]),
    ]),
    ClearPageFlag(new_page, PG_not_uptodate), // SetPageUptodate
    set_page_dirty(new_page),
    call(retract_page_tables, { index }),
    unlock_page(new_page),
    go_to('out'),
    label('rollback'),
    let_(cursor, NOTHING),
    each(next_page(index, HPAGE_PMD_NR, cursor, at), [
      let_(page, listed_page(pagelist, at)),
      radix_tree_rollback(at, new_page, pagelist),
      when(not(is_zero(page)), [release_pte_page(page)]), // unlock_page, putback_lru_page
    ]),
    clear_new_page_mapping(new_page),
    unlock_page(new_page),
    put_page(new_page),
    label('out'),
  ],
});
