import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { find_get_page } from '../../src/kernel/filemap.js';
import { put_page } from '../../src/kernel/page.js';
import { promise_sync } from '../../src/kernel/promise.js';
import { let_, next_page } from '../../src/kernel/range.js';
import { wait_on_page_writeback } from '../../src/kernel/swap.js';
import { file_start, mapping_cap_writeback_dirty } from '../../src/kernel/writeback.js';
import { write_cache_pages } from './write_cache_pages.js';

const FILE_PAGES = number(4);
const WB_SYNC_ALL = number(1);

/**
 * fsync of a file with a page cache: filemap_write_and_wait_range (mm/filemap.c, v4.14). First every dirty page is
 * written, then every writeback in flight is waited for, whoever began it. Left out: metadata, errors of the mapping.
 */
export const fsync = operation({
  name: 'fsync',
  from: 'mm/filemap.c',
  takes: ['index'],
  locals: ['first', 'cursor', 'at', 'page'],
  steps: ({ index, first, cursor, at, page }) => [
    when(not(mapping_cap_writeback_dirty(index)), [go_to('out')]),
    let_(first, file_start(index)),
    promise_sync(first, FILE_PAGES),
    each(next_page(first, FILE_PAGES, cursor, at), [
      call(write_cache_pages, { index: at, sync: WB_SYNC_ALL }),
    ]),
    each(next_page(first, FILE_PAGES, cursor, at), [
      when(find_get_page(at, page), [wait_on_page_writeback(page), put_page(page)]), // __filemap_fdatawait_range
    ]),
    label('out'),
  ],
});
