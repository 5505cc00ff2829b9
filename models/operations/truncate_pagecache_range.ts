import { call } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { check_mapping } from '../../src/kernel/truncate.js';
import { truncate_inode_pages_range } from './truncate_inode_pages_range.js';
import { unmap_mapping_range } from './unmap_mapping_range.js';

/** Unmaps a hole and takes its pages out of the page cache; private copies stay. mm/truncate.c, v4.14. */
export const truncate_pagecache_range = operation({
  name: 'truncate_pagecache_range',
  from: 'mm/truncate.c',
  takes: ['index', 'count'],
  steps: ({ index, count }) => [
    call(unmap_mapping_range, { index, count, details: check_mapping }),
    call(truncate_inode_pages_range, { index, count }),
  ],
});
