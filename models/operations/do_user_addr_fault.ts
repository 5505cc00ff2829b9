import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { signal_segv } from '../../src/kernel/access.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { find_vma, VM_READ, VM_WRITE, vma_allows } from '../../src/kernel/vma.js';
import { handle_mm_fault } from './handle_mm_fault.js';

const ONE = number(1);

/** A CPU's page fault: __do_page_fault, arch/x86/mm/fault.c, v4.14. `fault` is a signal, or 0 to try again. */
export const do_user_addr_fault = operation({
  name: '__do_page_fault',
  from: 'arch/x86/mm/fault.c',
  takes: ['addr', 'write'],
  gives: ['fault'],
  locals: ['vma'],
  steps: ({ addr, write, fault, vma }) => [
    down_read(mmap_sem(addr)),
    when(not(find_vma(addr, vma)), [let_(fault, signal_segv), go_to('bad_area')]),
    when(not(vma_allows(vma, VM_READ)), [let_(fault, signal_segv), go_to('bad_area')]),
    when(equal(write, ONE), [
      when(not(vma_allows(vma, VM_WRITE)), [let_(fault, signal_segv), go_to('bad_area')]),
    ]),
    call(handle_mm_fault, { addr, write, vma, fault }),
    label('bad_area'),
    up_read(mmap_sem(addr)),
  ],
});
