import { call, go_to, label, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { splits_hugetlb } from '../../src/kernel/hugetlb.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { promise_unmap } from '../../src/kernel/promise.js';
import { do_munmap } from './do_munmap.js';

/** munmap: vm_munmap. mm/mmap.c, v4.14. */
export const munmap = operation({
  name: 'munmap',
  from: 'mm/mmap.c',
  takes: ['start', 'count'],
  steps: ({ start, count }) => [
    down_write(mmap_sem(start)),
    when(splits_hugetlb(start, count), [go_to('out')]), // __split_vma: -EINVAL
    promise_unmap(start, count),
    call(do_munmap, { start, count, downgrade: number(1) }),
    label('out'),
    up_write(mmap_sem(start)),
  ],
});
