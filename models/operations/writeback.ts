import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mapping_cap_writeback_dirty } from '../../src/kernel/writeback.js';
import { write_cache_pages } from './write_cache_pages.js';

/** The flusher thread writes one page of a file back (wb_workfn, fs/fs-writeback.c, v4.14). It promises nothing. */
export const writeback = operation({
  name: 'writeback',
  from: 'fs/fs-writeback.c',
  takes: ['index'],
  steps: ({ index }) => [
    when(not(mapping_cap_writeback_dirty(index)), [go_to('out')]),
    call(write_cache_pages, { index, sync: number(0) }),
    label('out'),
  ],
});
