import { call, go_to, label, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { PageAnon, set_page_dirty, TestClearPageDirty } from '../../src/kernel/page.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { page_mkclean } from './page_mkclean.js';

const ONE = number(1);

/**
 * Claims the dirty flag of the locked page for a write-out; `dirty` is 1 if it was set, or some entry was dirty.
 * mm/page-writeback.c, v4.14. Only mappings with dirty accounting clean the entries: files, not the swap cache.
 */
export const clear_page_dirty_for_io = operation({
  name: 'clear_page_dirty_for_io',
  from: 'mm/page-writeback.c',
  takes: ['page'],
  gives: ['dirty'],
  locals: ['cleaned'],
  steps: ({ page, dirty, cleaned }) => [
    when(PageAnon(page), [go_to('test')]),
    call(page_mkclean, { page, cleaned }),
    when(equal(cleaned, ONE), [set_page_dirty(page)]),
    label('test'),
    when(TestClearPageDirty(page), [let_(dirty, ONE)]),
  ],
});
