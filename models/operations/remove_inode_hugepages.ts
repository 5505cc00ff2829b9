import { call, each, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mutex_lock, mutex_unlock } from '../../src/kernel/hugetlb.js';
import {
  hugetlb_fault_mutex_of_index,
  hugetlb_pagevec_lookup,
  hugetlbfs_i_mmap,
  remove_huge_page,
} from '../../src/kernel/hugetlb-truncate.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import { lock_page, put_page, unlock_page } from '../../src/kernel/page.js';
import { let_ } from '../../src/kernel/range.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import { page_index } from '../../src/kernel/truncate.js';
import { hugetlb_vmdelete_list } from './hugetlb_vmdelete_list.js';

const PAGES = number(4);

/**
 * Takes the huge pages of [index, index + count) out of a hugetlbfs file, each under the mutex of its faults; one that was faulted
 * in since its caller unmapped it is unmapped again. fs/hugetlbfs/inode.c, v4.14. Left out: reservations.
 */
export const remove_inode_hugepages = operation({
  name: 'remove_inode_hugepages',
  from: 'fs/hugetlbfs/inode.c',
  takes: ['index', 'count'],
  locals: ['cursor', 'at', 'page'],
  steps: ({ index, count, cursor, at, page }) => [
    each(hugetlb_pagevec_lookup(index, count, cursor, page), [
      let_(at, page_index(page)),
      mutex_lock(hugetlb_fault_mutex_of_index(at)),
      when(page_mapped(page), [
        down_write(hugetlbfs_i_mmap()),
        call(hugetlb_vmdelete_list, { index: at, count: PAGES }),
        up_write(hugetlbfs_i_mmap()),
      ]),
      lock_page(page),
      remove_huge_page(page),
      unlock_page(page),
      mutex_unlock(hugetlb_fault_mutex_of_index(at)),
      put_page(page), // huge_pagevec_release
    ]),
  ],
});
