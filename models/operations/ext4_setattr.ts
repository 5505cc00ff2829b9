import { call, go_to, label, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { IS_DAX } from '../../src/kernel/dax.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import { is_file_hugepages } from '../../src/kernel/hugetlb-truncate.js';
import { promise_truncate } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { shmem_mapping } from '../../src/kernel/shmem.js';
import {
  dax_round_start,
  ext4_ext_remove_space,
  i_mmap_sem,
  i_size_write,
  pages_to_eof,
} from '../../src/kernel/truncate.js';
import { truncate_pagecache } from './truncate_pagecache.js';

/**
 * ftruncate to `file`, which is the first page that the file does not have any more. fs/ext4/inode.c, v4.14. The size is
 * written before faults are kept out; faults look at it again once they have the page locked.
 *
 * DAX files write the size with faults kept out, as xfs_setattr_size does (fs/xfs/xfs_iops.c), so that of an entry of 4
 * pages the whole goes. Left out: growing, the journal, orphans, partial blocks; files of hugetlbfs.
 */
export const ext4_setattr = operation({
  name: 'ext4_setattr',
  from: 'fs/ext4/inode.c',
  takes: ['file'],
  locals: ['first', 'pages'],
  steps: ({ file, first, pages }) => [
    when(is_file_hugepages(file), [go_to('out')]),
    when(shmem_mapping(file), [go_to('out')]),
    when(
      IS_DAX(file),
      [
        down_write(i_mmap_sem(file)),
        let_(first, dax_round_start(file)),
        let_(pages, pages_to_eof(first)),
        promise_truncate(first, pages),
        i_size_write(first, pages),
      ],
      [
        let_(first, file),
        let_(pages, pages_to_eof(first)),
        promise_truncate(first, pages),
        i_size_write(first, pages),
        down_write(i_mmap_sem(file)),
      ],
    ),
    call(truncate_pagecache, { index: first, count: pages }),
    ext4_ext_remove_space(first, pages), // ext4_truncate
    up_write(i_mmap_sem(file)),
    label('out'),
  ],
});
