import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { splits_hugetlb } from '../../src/kernel/hugetlb.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { mremap_to_fits, range_in_one_vma } from '../../src/kernel/mm.js';
import { promise_unmap, promise_unmap_complete } from '../../src/kernel/promise.js';
import { range_has_hugetlb } from '../../src/kernel/vma.js';
import { do_munmap } from './do_munmap.js';
import { move_vma } from './move_vma.js';

/**
 * mremap(MREMAP_MAYMOVE | MREMAP_FIXED) without a change of size: mremap_to. Whatever is at `to` is unmapped first.
 * mm/mremap.c, v4.14. Ranges that overlap, or that are not in one vma, are refused before that (the kernel refuses the
 * second after it); hugetlb cannot be moved.
 */
export const mremap = operation({
  name: 'mremap',
  from: 'mm/mremap.c',
  takes: ['from', 'count', 'to'],
  steps: ({ from, count, to }) => [
    down_write(mmap_sem(from)),
    when(not(mremap_to_fits(from, to, count)), [go_to('out')]),
    when(not(range_in_one_vma(from, count)), [go_to('out')]), // vma_to_resize
    when(range_has_hugetlb(from, count), [go_to('out')]),
    when(splits_hugetlb(to, count), [go_to('out')]),
    promise_unmap(to, count),
    call(do_munmap, { start: to, count, downgrade: number(0) }),
    promise_unmap_complete(),
    call(move_vma, { from, to, count }),
    label('out'),
    up_write(mmap_sem(from)),
  ],
});
