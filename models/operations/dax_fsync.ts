import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { find_get_entries_tag, IS_DAX, pmd_pgoff, tag_pages_for_writeback } from '../../src/kernel/dax.js';
import { promise_sync } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { dax_writeback_one } from './dax_writeback_one.js';

const FILE_PAGES = number(4);

/**
 * fsync of a DAX file: dax_writeback_mapping_range of fs/dax.c, v4.14. `file` is any page of it; another kind of file is
 * left alone. Left out: the journal.
 */
export const dax_fsync = operation({
  name: 'dax_fsync',
  from: 'fs/dax.c',
  takes: ['file'],
  locals: ['index', 'cursor', 'entry'],
  steps: ({ file, index, cursor, entry }) => [
    when(not(IS_DAX(file)), [go_to('out')]),
    let_(index, pmd_pgoff(file)),
    promise_sync(index, FILE_PAGES),
    tag_pages_for_writeback(index, FILE_PAGES),
    each(find_get_entries_tag(index, FILE_PAGES, cursor, entry), [call(dax_writeback_one, { entry })]),
    label('out'),
  ],
});
