import { call, go_to, inside, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { submit_bio } from '../../src/kernel/filemap.js';
import { page_has_mapping } from '../../src/kernel/migrate.js';
import { PageAnon, unlock_page } from '../../src/kernel/page.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { page_count_is } from '../../src/kernel/rmap.js';
import { swap_writepage, try_to_free_swap } from '../../src/kernel/swap.js';
import { PAGE_CLEAN, PAGE_KEEP, PAGE_SUCCESS } from '../../src/kernel/vmscan.js';
import { end_page_writeback, set_page_writeback } from '../../src/kernel/writeback.js';
import { clear_page_dirty_for_io } from './clear_page_dirty_for_io.js';

const TWO = number(2);
const ONE = number(1);

/**
 * Writes the locked page to its swap slot or its file. `result`: PAGE_KEEP (still locked), PAGE_SUCCESS (written,
 * unlocked) or PAGE_CLEAN (still locked). mm/vmscan.c, v4.14, over swap_writepage (mm/page_io.c).
 *
 * The device is one whose writes end before pageout returns (zram, brd). Left out: congestion, buffer heads, errors,
 * frontswap.
 */
export const pageout = operation({
  name: 'pageout',
  from: 'mm/vmscan.c',
  takes: ['page'],
  gives: ['result'],
  locals: ['dirty'],
  steps: ({ page, result, dirty }) => [
    let_(result, PAGE_KEEP),
    when(not(page_count_is(page, TWO)), [go_to('out')]), // is_page_cache_freeable: the cache's and ours
    when(not(page_has_mapping(page)), [go_to('out')]),
    let_(result, PAGE_CLEAN),
    call(clear_page_dirty_for_io, { page, dirty }),
    when(not(equal(dirty, ONE)), [go_to('out')]),
    let_(result, PAGE_SUCCESS),
    when(
      PageAnon(page),
      [
        inside('swap_writepage', [
          when(try_to_free_swap(page), [unlock_page(page), go_to('out')]), // no entry refers to the slot any more
          set_page_writeback(page),
          unlock_page(page),
          swap_writepage(page),
          end_page_writeback(page),
        ]),
      ],
      [set_page_writeback(page), unlock_page(page), submit_bio(page), end_page_writeback(page)],
    ),
    label('out'),
  ],
});
