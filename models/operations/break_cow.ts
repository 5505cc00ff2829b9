import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { find_vma, vma_mergeable } from '../../src/kernel/vma.js';
import { break_ksm } from './break_ksm.js';

/** Gives `addr` a page of its own again, if it maps a KSM page. mm/ksm.c, v4.14. */
export const break_cow = operation({
  name: 'break_cow',
  from: 'mm/ksm.c',
  takes: ['addr'],
  locals: ['vma'],
  steps: ({ addr, vma }) => [
    down_read(mmap_sem(addr)),
    when(not(find_vma(addr, vma)), [go_to('out')]), // find_mergeable_vma
    when(not(vma_mergeable(vma)), [go_to('out')]),
    call(break_ksm, { addr, vma }),
    label('out'),
    up_read(mmap_sem(addr)),
  ],
});
