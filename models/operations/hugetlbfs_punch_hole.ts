import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  huge_page_index,
  hugetlbfs_i_mmap,
  hugetlbfs_inode_lock,
  is_file_hugepages,
} from '../../src/kernel/hugetlb-truncate.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import { promise_punch } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { hugetlb_vmdelete_list } from './hugetlb_vmdelete_list.js';
import { remove_inode_hugepages } from './remove_inode_hugepages.js';

const PAGES = number(4);

/**
 * fallocate(FALLOC_FL_PUNCH_HOLE) of the huge page that `file` lies in: what is read there afterwards is zeros. fs/hugetlbfs/inode.c,
 * v4.14. Left out: seals, more huge pages than one.
 */
export const hugetlbfs_punch_hole = operation({
  name: 'hugetlbfs_punch_hole',
  from: 'fs/hugetlbfs/inode.c',
  takes: ['file'],
  locals: ['first'],
  steps: ({ file, first }) => [
    when(not(is_file_hugepages(file)), [go_to('out')]),
    let_(first, huge_page_index(file)),
    down_write(hugetlbfs_inode_lock(first)), // inode_lock
    promise_punch(first, PAGES),
    down_write(hugetlbfs_i_mmap()),
    call(hugetlb_vmdelete_list, { index: first, count: PAGES }),
    up_write(hugetlbfs_i_mmap()),
    call(remove_inode_hugepages, { index: first, count: PAGES }),
    up_write(hugetlbfs_inode_lock(first)),
    label('out'),
  ],
});
