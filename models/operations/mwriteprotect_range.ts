import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { range_in_one_vma } from '../../src/kernel/mm.js';
import { MM_CP_UFFD_WP } from '../../src/kernel/mprotect.js';
import { promise_ask } from '../../src/kernel/promise.js';
import { has } from '../../src/kernel/range.js';
import { find_vma, VM_UFFD_WP, vma_allows } from '../../src/kernel/vma.js';
import { change_protection } from './change_protection.js';

/**
 * UFFDIO_WRITEPROTECT: from its return on, the monitor is asked before a page of the range is written that was there;
 * or (MM_CP_UFFD_WP_RESOLVE) the monitor lets writes through. mmap_sem is held for reading, so that faults run beside it.
 * mm/userfaultfd.c, v5.7. Left out: fork and mremap in progress (mmap_changing); waking who waits.
 */
export const mwriteprotect_range = operation({
  name: 'mwriteprotect_range',
  from: 'mm/userfaultfd.c',
  version: 'v5.7',
  takes: ['start', 'count', 'cp_flags'],
  locals: ['vma'],
  steps: ({ start, count, cp_flags, vma }) => [
    down_read(mmap_sem(start)),
    when(not(find_vma(start, vma)), [go_to('out')]),
    when(not(vma_allows(vma, VM_UFFD_WP)), [go_to('out')]), // anonymous: nothing else can be registered
    when(not(range_in_one_vma(start, count)), [go_to('out')]),
    when(has(cp_flags, MM_CP_UFFD_WP), [promise_ask(start, count)]),
    call(change_protection, { addr: start, count, cp_flags }),
    label('out'),
    up_read(mmap_sem(start)),
  ],
});
