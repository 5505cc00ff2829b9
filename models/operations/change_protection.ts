import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { next_pud, pages_in_pud } from '../../src/kernel/mm.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { dec_tlb_flush_pending, flush_tlb_range, inc_tlb_flush_pending } from '../../src/kernel/tlb.js';
import { find_vma, is_vm_hugetlb_page, VM_WRITE, vma_allows, vma_shared } from '../../src/kernel/vma.js';
import { change_pmd_range } from './change_pmd_range.js';
import { hugetlb_change_protection } from './hugetlb_change_protection.js';

const ONE = number(1);

/**
 * Gives the entries of [start, start + count), in one vma, what the vma's flags say by now: change_protection and
 * change_protection_range. The CPUs are flushed once, at the end, after every range_end. mm/mprotect.c, v4.14.
 *
 * `dirty_accountable` (vma_wants_writenotify): the vma's page protection has no write permission, and entries that are
 * dirty already may have it. mprotect alone asks for that; `cp_flags` says what else the call is for.
 */
export const change_protection = operation({
  name: 'change_protection',
  from: 'mm/mprotect.c',
  takes: ['addr', 'count', 'cp_flags'],
  locals: ['vma', 'dirty_accountable', 'at', 'cursor', 'pages', 'changed'],
  steps: ({ addr, count, cp_flags, vma, dirty_accountable, at, cursor, pages, changed }) => [
    when(not(find_vma(addr, vma)), [go_to('out')]),
    when(is_vm_hugetlb_page(vma), [
      call(hugetlb_change_protection, { start: addr, count, vma }),
      go_to('out'),
    ]),
    when(is_zero(cp_flags), [
      when(vma_shared(vma), [when(vma_allows(vma, VM_WRITE), [let_(dirty_accountable, ONE)])]),
    ]),
    inc_tlb_flush_pending(addr), // change_protection_range
    each(next_pud(addr, count, cursor, at), [
      let_(pages, pages_in_pud(at, addr, count)),
      call(change_pmd_range, { start: at, count: pages, vma, dirty_accountable, cp_flags, changed }),
    ]),
    when(not(is_zero(changed)), [flush_tlb_range(addr, count)]),
    dec_tlb_flush_pending(addr),
    label('out'),
  ],
});
