import { branch, call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { get_hwpoison_page, truncate_inode_page } from '../../src/kernel/memory-failure.js';
import {
  ClearPageFlag,
  lock_page,
  PageAnon,
  PageFlag,
  PageKsm,
  PG_dirty,
  PG_isolated,
  PG_not_uptodate,
  SetPageFlag,
  unlock_page,
} from '../../src/kernel/page.js';
import { page_mapping_is } from '../../src/kernel/filemap.js';
import { promise_poison } from '../../src/kernel/promise.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import { delete_from_swap_cache, PageSwapCache, wait_on_page_writeback } from '../../src/kernel/swap.js';
import { TTU_IGNORE_HWPOISON } from '../../src/kernel/vmscan.js';
import { page_mkclean } from './page_mkclean.js';
import { try_to_unmap } from './try_to_unmap.js';

const ONE = number(1);
const NO_FLAGS = number(0);

/**
 * A hardware error in the page behind `addr`: memory_failure, hwpoison_user_mappings and the actions on page states.
 * mm/memory-failure.c, v4.14. Whoever needs what is lost gets SIGBUS; a clean file page is read again.
 *
 * Left out: transparent huge pages, MF_MUST_KILL, the signals to processes that map the page.
 */
export const memory_failure = operation({
  name: 'memory_failure',
  from: 'mm/memory-failure.c',
  takes: ['addr'],
  locals: ['page', 'ttu', 'cleaned'],
  steps: ({ addr, page, ttu, cleaned }) => [
    when(not(get_hwpoison_page(addr, page)), [go_to('nothing')]),
    lock_page(page),
    wait_on_page_writeback(page),
    let_(ttu, NO_FLAGS),
    when(not(PageFlag(page, PG_isolated)), [
      // hwpoison_user_mappings; a page off the LRU lists is left mapped
      when(page_mapped(page), [
        when(PageKsm(page), [go_to('out')]),
        when(PageSwapCache(page), [let_(ttu, TTU_IGNORE_HWPOISON)]),
        when(not(PageAnon(page)), [
          when(not(PageFlag(page, PG_dirty)), [
            call(page_mkclean, { page, cleaned }),
            when(equal(cleaned, ONE), [SetPageFlag(page, PG_dirty)], [let_(ttu, TTU_IGNORE_HWPOISON)]),
          ]),
        ]),
        call(try_to_unmap, { page, flags: ttu }),
        when(page_mapped(page), [go_to('out')]), // MF_MSG_UNMAP_FAILED
      ]),
      when(PageSwapCache(page), [
        when(
          PageFlag(page, PG_dirty),
          [
            branch('me_swapcache_dirty', [
              ClearPageFlag(page, PG_dirty), // and stays in the swap cache, where faults find it
              SetPageFlag(page, PG_not_uptodate),
            ]),
          ],
          [branch('me_swapcache_clean', [delete_from_swap_cache(page)])],
        ),
        go_to('out'),
      ]),
      when(page_mapping_is(page), [
        when(PageFlag(page, PG_dirty), [branch('me_pagecache_dirty', [promise_poison(page)])]), // mapping_set_error
        branch('me_pagecache_clean', [truncate_inode_page(page)]),
      ]),
    ]),
    label('out'),
    unlock_page(page),
    label('nothing'), // the reference stays: the frame is never used again
  ],
});
