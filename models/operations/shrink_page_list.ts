import { branch, call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { choose, swap_full } from '../../src/kernel/choice.js';
import { remove_mapping_file } from '../../src/kernel/filemap.js';
import {
  PageAnon,
  PageFlag,
  PG_dirty,
  PG_swapbacked,
  PG_writeback,
  trylock_page,
  unlock_page,
} from '../../src/kernel/page.js';
import { equal } from '../../src/kernel/range.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import { add_to_swap, PageSwapCache, remove_mapping_swap, try_to_free_swap } from '../../src/kernel/swap.js';
import { try_to_unmap_flush, try_to_unmap_flush_dirty } from '../../src/kernel/tlb.js';
import {
  isolate_lru_page,
  PAGE_KEEP,
  PAGE_SUCCESS,
  putback_lru_page,
  TTU_BATCH_FLUSH,
} from '../../src/kernel/vmscan.js';
import { pageout } from './pageout.js';
import { try_to_unmap } from './try_to_unmap.js';

/**
 * Reclaim of the page behind `addr`: a list of one page, unmapped with the CPU flushes put off until the end of the
 * list. mm/vmscan.c, v4.14, as kswapd runs it (it writes file pages too).
 *
 * Left out: the accessed bits (page_check_references), compound pages, pages with buffers, memory cgroups; __GFP_IO
 * and congestion are never in the way.
 */
export const shrink_page_list = operation({
  name: 'shrink_page_list',
  from: 'mm/vmscan.c',
  takes: ['addr'],
  locals: ['page', 'result'],
  steps: ({ addr, page, result }) => [
    when(not(isolate_lru_page(addr, page)), [go_to('nothing')]),
    when(not(trylock_page(page)), [go_to('keep')]),
    when(PageFlag(page, PG_writeback), [go_to('activate_locked')]), // PageReclaim is set, or kswapd goes on
    when(PageAnon(page), [
      when(PageFlag(page, PG_swapbacked), [
        when(not(PageSwapCache(page)), [
          when(choose(swap_full), [go_to('activate_locked')]),
          when(not(add_to_swap(page)), [go_to('activate_locked')]),
        ]),
      ]),
    ]),
    when(page_mapped(page), [
      call(try_to_unmap, { page, flags: TTU_BATCH_FLUSH }),
      when(page_mapped(page), [go_to('activate_locked')]),
    ]),
    when(PageFlag(page, PG_dirty), [
      try_to_unmap_flush_dirty(), // no CPU writes the page once its I/O begins
      call(pageout, { page, result }),
      when(equal(result, PAGE_KEEP), [go_to('keep_locked')]),
      when(equal(result, PAGE_SUCCESS), [
        when(PageFlag(page, PG_writeback), [go_to('keep')]),
        when(PageFlag(page, PG_dirty), [go_to('keep')]),
        when(not(trylock_page(page)), [go_to('keep')]), // the write was synchronous: go on
        when(PageFlag(page, PG_dirty), [go_to('keep_locked')]),
        when(PageFlag(page, PG_writeback), [go_to('keep_locked')]),
      ]),
    ]),
    when(PageAnon(page), [
      when(not(PageFlag(page, PG_swapbacked)), [
        branch('lazyfree', [go_to('keep_locked')]), // page_ref_freeze: nobody finds it, our reference is the last one
      ]),
    ]),
    when(
      PageSwapCache(page),
      [branch('swap-cache', [when(not(remove_mapping_swap(page)), [go_to('keep_locked')])])],
      [branch('page-cache', [when(not(remove_mapping_file(page)), [go_to('keep_locked')])])],
    ),
    go_to('keep_locked'),
    label('activate_locked'),
    when(choose(swap_full), [when(PageSwapCache(page), [when(try_to_free_swap(page), [])])]),
    label('keep_locked'),
    unlock_page(page),
    label('keep'),
    try_to_unmap_flush(),
    putback_lru_page(page), // or free_hot_cold_page_list, which frees a page that nobody else holds
    label('nothing'),
  ],
});
