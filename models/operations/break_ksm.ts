import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { fault_failed } from '../../src/kernel/access.js';
import { follow_page } from '../../src/kernel/gup.js';
import { PageKsm, put_page } from '../../src/kernel/page.js';
import { handle_mm_fault } from './handle_mm_fault.js';

const WRITE = number(1);

/**
 * Write faults until `addr` maps no KSM page any more; mmap_sem is held. mm/ksm.c, v4.14. Left out: waiting for a
 * migration (FOLL_MIGRATION): a page under migration is left alone.
 */
export const break_ksm = operation({
  name: 'break_ksm',
  from: 'mm/ksm.c',
  takes: ['addr', 'vma'],
  locals: ['page', 'fault'],
  steps: ({ addr, vma, page, fault }) => [
    label('again'),
    when(not(follow_page(addr, page)), [go_to('out')]),
    when(not(PageKsm(page)), [put_page(page), go_to('out')]),
    call(handle_mm_fault, { addr, write: WRITE, vma, fault }),
    put_page(page),
    when(not(fault_failed(fault)), [go_to('again')]),
    label('out'),
  ],
});
