import { call, each } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { hugetlb_vma_interval_tree_foreach, hugetlb_vma_overlap } from '../../src/kernel/hugetlb-truncate.js';
import { let_ } from '../../src/kernel/range.js';
import { unmap_hugepage_range } from './unmap_hugepage_range.js';

/** Unmaps file pages [index, index + count) of hugetlbfs from every mm; i_mmap_rwsem is held for writing. fs/hugetlbfs/inode.c, v4.14. */
export const hugetlb_vmdelete_list = operation({
  name: 'hugetlb_vmdelete_list',
  from: 'fs/hugetlbfs/inode.c',
  takes: ['index', 'count'],
  locals: ['cursor', 'addr', 'pages'],
  steps: ({ index, count, cursor, addr, pages }) => [
    each(hugetlb_vma_interval_tree_foreach(index, count, cursor, addr), [
      let_(pages, hugetlb_vma_overlap(addr, index, count)),
      call(unmap_hugepage_range, { start: addr, count: pages }),
    ]),
  ],
});
