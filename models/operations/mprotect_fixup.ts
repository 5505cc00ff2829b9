import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { MM_CP_NONE } from '../../src/kernel/mprotect.js';
import { equal, is_zero } from '../../src/kernel/range.js';
import { find_vma, VM_WRITE, vm_flags_change, vma_allows } from '../../src/kernel/vma.js';
import { change_protection } from './change_protection.js';
import { vma_adjust_trans_huge } from './vma_adjust_trans_huge.js';

const NOTHING = number(0);

/**
 * Gives [addr, addr + count), which lies in one vma, the protection `prot`: the vma's flags first, then its entries.
 * mmap_sem is held for writing. mm/mprotect.c, v4.14. Left out: accounting, mlock's populate.
 */
export const mprotect_fixup = operation({
  name: 'mprotect_fixup',
  from: 'mm/mprotect.c',
  takes: ['addr', 'count', 'prot'],
  locals: ['vma', 'cut'],
  steps: ({ addr, count, prot, vma }) => [
    when(not(find_vma(addr, vma)), [go_to('out')]),
    when(
      is_zero(prot),
      [when(not(vma_allows(vma, VM_WRITE)), [go_to('out')])], // newflags == oldflags
      [when(vma_allows(vma, VM_WRITE), [go_to('out')])],
    ),
    call(vma_adjust_trans_huge, { start: addr, count }), // split_vma, or vma_merge
    when(
      equal(prot, NOTHING),
      [vm_flags_change(addr, count, NOTHING, VM_WRITE)],
      [vm_flags_change(addr, count, VM_WRITE, NOTHING)],
    ),
    call(change_protection, { addr, count, cp_flags: MM_CP_NONE }),
    label('out'),
  ],
});
