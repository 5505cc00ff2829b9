import { call, each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { next_vma, vma_pages } from '../../src/kernel/mm.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { MM_CP_PROT_NUMA } from '../../src/kernel/mprotect.js';
import { let_ } from '../../src/kernel/range.js';
import {
  find_vma,
  is_vm_hugetlb_page,
  VM_WRITE,
  vma_allows,
  vma_anonymous,
  vma_is_dax,
  vma_is_shmem,
} from '../../src/kernel/vma.js';
import { change_protection } from './change_protection.js';

/**
 * The NUMA scanner gives hints: entries of [start, start + count) stop being accessible, and the next access to each
 * faults. kernel/sched/fair.c, v4.14, with change_prot_numa of mm/mempolicy.c. mmap_sem is held for reading, so that
 * faults run beside it. Left out: how the scanner chooses ranges and when; memory policies.
 */
export const task_numa_work = operation({
  name: 'task_numa_work',
  from: 'kernel/sched/fair.c',
  takes: ['start', 'count'],
  locals: ['addr', 'cursor', 'vma', 'pages'],
  steps: ({ start, count, addr, cursor, vma, pages }) => [
    down_read(mmap_sem(start)),
    each(next_vma(start, count, cursor, addr), [
      when(not(find_vma(addr, vma)), [go_to('next')]),
      when(is_vm_hugetlb_page(vma), [go_to('next')]),
      when(vma_is_dax(vma), [go_to('next')]), // VM_MIXEDMAP
      when(vma_is_shmem(vma), [go_to('next')]), // vma_policy_mof: the file has no policy
      when(not(vma_anonymous(vma)), [when(not(vma_allows(vma, VM_WRITE)), [go_to('next')])]), // shared libraries
      let_(pages, vma_pages(addr, start, count)),
      call(change_protection, { addr, count: pages, cp_flags: MM_CP_PROT_NUMA }), // change_prot_numa
      label('next'),
    ]),
    up_read(mmap_sem(start)),
  ],
});
