import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { find_get_page, page_mapping_is, submit_bio } from '../../src/kernel/filemap.js';
import { lock_page, PageFlag, PG_dirty, PG_writeback, put_page, unlock_page } from '../../src/kernel/page.js';
import { equal, is_zero } from '../../src/kernel/range.js';
import { wait_on_page_writeback } from '../../src/kernel/swap.js';
import { end_page_writeback, set_page_writeback } from '../../src/kernel/writeback.js';
import { clear_page_dirty_for_io } from './clear_page_dirty_for_io.js';

const ONE = number(1);

/**
 * One page of write_cache_pages, with the file system's writepage and the end of its I/O. `sync` is WB_SYNC_ALL: wait for
 * a writeback in flight rather than skip the page. mm/page-writeback.c, v4.14.
 *
 * Left out: the radix-tree tags that choose the pages (every cached page is locked and asked), the plug that holds
 * requests back, errors.
 */
export const write_cache_pages = operation({
  name: 'write_cache_pages',
  from: 'mm/page-writeback.c',
  takes: ['index', 'sync'],
  locals: ['page', 'dirty'],
  steps: ({ index, sync, page, dirty }) => [
    when(not(find_get_page(index, page)), [go_to('out')]),
    lock_page(page),
    when(not(page_mapping_is(page)), [go_to('continue_unlock')]),
    when(not(PageFlag(page, PG_dirty)), [go_to('continue_unlock')]),
    when(PageFlag(page, PG_writeback), [
      when(is_zero(sync), [go_to('continue_unlock')]),
      wait_on_page_writeback(page),
    ]),
    call(clear_page_dirty_for_io, { page, dirty }),
    when(not(equal(dirty, ONE)), [go_to('continue_unlock')]),
    set_page_writeback(page), // writepage
    unlock_page(page),
    submit_bio(page),
    end_page_writeback(page),
    put_page(page),
    go_to('out'),
    label('continue_unlock'),
    unlock_page(page),
    put_page(page),
    label('out'),
  ],
});
