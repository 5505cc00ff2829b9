import { call } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { even_cows } from '../../src/kernel/truncate.js';
import { truncate_inode_pages_range } from './truncate_inode_pages_range.js';
import { unmap_mapping_range } from './unmap_mapping_range.js';

/**
 * Unmaps what lies beyond the new end of the file, private copies too, before and after its pages leave the page cache: a
 * fault that had a page locked may have copied it between. mm/truncate.c, v4.14.
 */
export const truncate_pagecache = operation({
  name: 'truncate_pagecache',
  from: 'mm/truncate.c',
  takes: ['index', 'count'],
  steps: ({ index, count }) => [
    call(unmap_mapping_range, { index, count, details: even_cows }),
    call(truncate_inode_pages_range, { index, count }),
    call(unmap_mapping_range, { index, count, details: even_cows }),
  ],
});
