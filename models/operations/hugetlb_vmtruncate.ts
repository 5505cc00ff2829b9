import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  huge_page_index,
  hugetlb_pages_to_eof,
  hugetlbfs_i_mmap,
  hugetlbfs_inode_lock,
  is_file_hugepages,
} from '../../src/kernel/hugetlb-truncate.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import { promise_truncate } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { i_size_write } from '../../src/kernel/truncate.js';
import { hugetlb_vmdelete_list } from './hugetlb_vmdelete_list.js';
import { remove_inode_hugepages } from './remove_inode_hugepages.js';

/**
 * ftruncate of a hugetlbfs file to the huge page that `file` lies in, which the file does not have any more: hugetlbfs_setattr.
 * Faults look at the size before and after they take the page-table lock. fs/hugetlbfs/inode.c, v4.14. Left out: growing, seals.
 */
export const hugetlb_vmtruncate = operation({
  name: 'hugetlb_vmtruncate',
  from: 'fs/hugetlbfs/inode.c',
  takes: ['file'],
  locals: ['first', 'pages'],
  steps: ({ file, first, pages }) => [
    when(not(is_file_hugepages(file)), [go_to('out')]),
    let_(first, huge_page_index(file)),
    down_write(hugetlbfs_inode_lock(first)), // inode_lock
    let_(pages, hugetlb_pages_to_eof(first)),
    promise_truncate(first, pages),
    i_size_write(first, pages),
    down_write(hugetlbfs_i_mmap()),
    call(hugetlb_vmdelete_list, { index: first, count: pages }),
    up_write(hugetlbfs_i_mmap()),
    call(remove_inode_hugepages, { index: first, count: pages }),
    up_write(hugetlbfs_inode_lock(first)),
    label('out'),
  ],
});
