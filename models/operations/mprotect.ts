import { call, each, go_to, label, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { splits_hugetlb } from '../../src/kernel/hugetlb.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { next_vma, vma_pages } from '../../src/kernel/mm.js';
import { promise_protect } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { range_has_hole } from '../../src/kernel/vma.js';
import { mprotect_fixup } from './mprotect_fixup.js';

/**
 * mprotect(PROT_READ) and mprotect(PROT_READ|PROT_WRITE): do_mprotect_pkey, vma by vma. mm/mprotect.c, v4.14.
 * A range with a hole is refused before anything changes; the kernel changes what stands before the hole.
 */
export const mprotect = operation({
  name: 'mprotect',
  from: 'mm/mprotect.c',
  takes: ['start', 'count', 'prot'],
  locals: ['addr', 'cursor', 'pages'],
  steps: ({ start, count, prot, addr, cursor, pages }) => [
    down_write(mmap_sem(start)),
    when(range_has_hole(start, count), [go_to('out')]),
    when(splits_hugetlb(start, count), [go_to('out')]),
    promise_protect(start, count),
    each(next_vma(start, count, cursor, addr), [
      let_(pages, vma_pages(addr, start, count)),
      call(mprotect_fixup, { addr, count: pages, prot }),
    ]),
    label('out'),
    up_write(mmap_sem(start)),
  ],
});
