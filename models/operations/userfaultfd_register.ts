import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { range_in_one_vma } from '../../src/kernel/mm.js';
import {
  find_vma,
  vm_flags_change,
  VM_NONE,
  VM_UFFD_WP,
  vma_allows,
  vma_anonymous,
} from '../../src/kernel/vma.js';
import { vma_adjust_trans_huge } from './vma_adjust_trans_huge.js';

/**
 * UFFDIO_REGISTER in write-protect mode: writes to pages of the range that are protected later go to the monitor.
 * fs/userfaultfd.c, v5.7. Anonymous memory, one vma; no entry changes. Left out: missing pages, features, unregistering.
 */
export const userfaultfd_register = operation({
  name: 'userfaultfd_register',
  from: 'fs/userfaultfd.c',
  version: 'v5.7',
  takes: ['start', 'count'],
  locals: ['vma'],
  steps: ({ start, count, vma }) => [
    down_write(mmap_sem(start)),
    when(not(find_vma(start, vma)), [go_to('out')]),
    when(not(vma_anonymous(vma)), [go_to('out')]),
    when(vma_allows(vma, VM_UFFD_WP), [go_to('out')]),
    when(not(range_in_one_vma(start, count)), [go_to('out')]),
    call(vma_adjust_trans_huge, { start, count }), // split_vma, or vma_merge
    vm_flags_change(start, count, VM_UFFD_WP, VM_NONE),
    label('out'),
    up_write(mmap_sem(start)),
  ],
});
