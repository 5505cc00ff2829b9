import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { signal_bus } from '../../src/kernel/access.js';
import { find_get_page, page_mapping_is } from '../../src/kernel/filemap.js';
import { lock_page, put_page, unlock_page } from '../../src/kernel/page.js';
import { let_ } from '../../src/kernel/range.js';
import {
  shmem_alloc_and_acct_page,
  shmem_falloc_waitq,
  wait_on_shmem_falloc,
} from '../../src/kernel/shmem.js';
import { linear_page_index } from '../../src/kernel/vma.js';

const ZERO = number(0);
const VM_FAULT_LOCKED = number(1);

/**
 * The page of a tmpfs file at `addr`, with a reference and its lock: `locked` is 0 when the fault is to be tried again, or has failed. A hole
 * is filled with a base page. mm/shmem.c, v4.14, with shmem_getpage_gfp.
 *
 * Left out: new huge pages, swap, the end of the file.
 */
export const shmem_fault = operation({
  name: 'shmem_fault',
  from: 'mm/shmem.c',
  takes: ['addr'],
  gives: ['page', 'locked', 'fault'],
  locals: ['index'],
  steps: ({ addr, page, locked, fault, index }) => [
    let_(locked, ZERO),
    let_(index, linear_page_index(addr)),
    when(shmem_falloc_waitq(index), [wait_on_shmem_falloc(index), go_to('out')]),
    label('repeat'),
    when(not(find_get_page(index, page)), [
      when(not(shmem_alloc_and_acct_page(index)), [let_(fault, signal_bus), go_to('out')]),
      go_to('repeat'),
    ]),
    lock_page(page), // find_lock_entry
    when(not(page_mapping_is(page)), [unlock_page(page), put_page(page), go_to('repeat')]),
    let_(locked, VM_FAULT_LOCKED),
    label('out'),
  ],
});
