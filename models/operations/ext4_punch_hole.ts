import { call, go_to, label, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import { is_file_hugepages } from '../../src/kernel/hugetlb-truncate.js';
import { promise_punch } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { shmem_mapping } from '../../src/kernel/shmem.js';
import {
  dax_round_count,
  dax_round_start,
  ext4_ext_remove_space,
  i_mmap_sem,
} from '../../src/kernel/truncate.js';
import { truncate_pagecache_range } from './truncate_pagecache_range.js';

/**
 * fallocate(FALLOC_FL_PUNCH_HOLE) of [file, file + count): what is read there afterwards is zeros. fs/ext4/inode.c, v4.14.
 *
 * Of a DAX entry of 4 pages the whole goes. Left out: the write-out before (what it writes is dropped), direct I/O, the
 * journal, partial blocks; files of hugetlbfs.
 */
export const ext4_punch_hole = operation({
  name: 'ext4_punch_hole',
  from: 'fs/ext4/inode.c',
  takes: ['file', 'count'],
  locals: ['first', 'pages'],
  steps: ({ file, count, first, pages }) => [
    when(is_file_hugepages(file), [go_to('out')]),
    when(shmem_mapping(file), [go_to('out')]),
    down_write(i_mmap_sem(file)), // faults do not bring the pages back
    let_(first, dax_round_start(file)),
    let_(pages, dax_round_count(file, count)),
    promise_punch(first, pages),
    call(truncate_pagecache_range, { index: first, count: pages }),
    ext4_ext_remove_space(first, pages),
    up_write(i_mmap_sem(file)),
    label('out'),
  ],
});
