import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { fault_failed, refused } from '../../src/kernel/access.js';
import { follow_page_mask, mmget } from '../../src/kernel/gup.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { pin_page } from '../../src/kernel/pin.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { find_vma, VM_READ, VM_WRITE, vma_allows, vma_is_dax } from '../../src/kernel/vma.js';
import { handle_mm_fault } from './handle_mm_fault.js';

const NONE = number(0);

/**
 * Pins the page behind `addr`, faulted in for reading or writing: __get_user_pages, follow_page_mask and faultin_page under
 * mmap_sem. mm/gup.c, v4.14. `err` is 0, or how it failed.
 *
 * Left out: FOLL_FORCE, more pages than one, DAX (its pages have a struct page here only for get_user_pages of devmap: it is
 * refused as a PFN mapping is), stack growth, VM_FAULT_RETRY other than for userfaultfd.
 */
export const get_user_pages_unlocked = operation({
  name: 'get_user_pages_unlocked',
  from: 'mm/gup.c',
  takes: ['addr', 'write'],
  gives: ['err'],
  locals: ['vma', 'page', 'fault'],
  steps: ({ addr, write, err, vma, page, fault }) => [
    mmget(addr),
    down_read(mmap_sem(addr)),
    let_(fault, NONE),
    let_(err, refused),
    when(not(find_vma(addr, vma)), [go_to('out')]),
    when(not(vma_allows(vma, VM_READ)), [go_to('out')]), // check_vma_flags
    when(vma_is_dax(vma), [go_to('out')]),
    when(not(is_zero(write)), [when(not(vma_allows(vma, VM_WRITE)), [go_to('out')])]),
    label('again'),
    when(not(follow_page_mask(addr, write, page)), [
      call(handle_mm_fault, { addr, write, vma, fault }), // faultin_page
      when(fault_failed(fault), [let_(err, fault), go_to('out')]),
      go_to('again'),
    ]),
    pin_page(addr, page, write),
    let_(err, NONE),
    label('out'),
    up_read(mmap_sem(addr)),
  ],
});
