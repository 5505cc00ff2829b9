import { call, each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { tlb_gather_fullmm } from '../../src/kernel/gather.js';
import { down_read, down_write, downgrade_write, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { current_mm, next_vma, range_has_softdirty, TASK_SIZE, vma_pages } from '../../src/kernel/mm.js';
import { promise_track } from '../../src/kernel/promise.js';
import { let_, next_pmd, pages_in_pmd } from '../../src/kernel/range.js';
import {
  find_vma,
  is_vm_hugetlb_page,
  VM_NONE,
  VM_SOFTDIRTY,
  vm_flags_change,
} from '../../src/kernel/vma.js';
import { clear_refs_pte_range } from './clear_refs_pte_range.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/**
 * Writing 4 to /proc/self/clear_refs: from its return on, each write leaves a soft-dirty mark. fs/proc/task_mmu.c,
 * v4.14. The bracket and the gather are over the whole mm; mmap_sem is held for reading while the entries change.
 *
 * Left out: the other commands, a signal while mmap_sem is waited for (-EINTR). hugetlb vmas are not walked.
 */
export const clear_refs_write = operation({
  name: 'clear_refs_write',
  from: 'fs/proc/task_mmu.c',
  takes: [],
  locals: ['start', 'count', 'addr', 'pages', 'cursor', 'vma', 'at', 'part', 'inner'],
  steps: ({ start, count, addr, pages, cursor, vma, at, part, inner }) => [
    let_(start, current_mm()),
    let_(count, TASK_SIZE()),
    down_read(mmap_sem(start)),
    promise_track(start, count),
    tlb_gather_fullmm(start),
    when(range_has_softdirty(start, count), [
      up_read(mmap_sem(start)),
      down_write(mmap_sem(start)),
      vm_flags_change(start, count, VM_NONE, VM_SOFTDIRTY),
      downgrade_write(mmap_sem(start)),
    ]),
    mmu_notifier_invalidate_range_start(start, count),
    each(next_vma(start, count, cursor, addr), [
      when(not(find_vma(addr, vma)), [go_to('next')]),
      when(is_vm_hugetlb_page(vma), [go_to('next')]),
      let_(pages, vma_pages(addr, start, count)),
      each(next_pmd(addr, pages, inner, at), [
        let_(part, pages_in_pmd(at, addr, pages)),
        call(clear_refs_pte_range, { addr: at, count: part }),
      ]),
      label('next'),
    ]),
    mmu_notifier_invalidate_range_end(start, count),
    call(tlb_finish_mmu, { start, count }),
    up_read(mmap_sem(start)),
  ],
});
