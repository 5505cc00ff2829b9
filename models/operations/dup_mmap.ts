import { call, each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_write, down_write_trylock, mmap_sem, up_write } from '../../src/kernel/locks.js';
import {
  current_mm,
  dup_vma,
  forked_before,
  mm_init,
  mm_is_new,
  mm_start,
  next_vma,
  TASK_SIZE,
  vma_pages,
  wake_up_new_task,
} from '../../src/kernel/mm.js';
import { fatal_signal_pending } from '../../src/kernel/oom.js';
import { promise_child_complete, promise_fork } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { flush_tlb_mm } from '../../src/kernel/tlb.js';
import { copy_page_range } from './copy_page_range.js';

/**
 * fork: the mm `child`, which has no vma, becomes a copy of the caller's. kernel/fork.c, v4.14: dup_mmap, and what
 * copy_process does around it. The parent's CPUs are flushed at the end, after every range_end.
 *
 * The child is another mm of the case, and its threads exist already: they wait until it is complete, and fork does
 * nothing when somebody holds the child's mmap_sem. The rmap walks go by ascending address and must meet the parent
 * first (vma_interval_tree_insert_after), so the child is an mm that stands after the caller's. Left out: VM_DONTCOPY,
 * VM_WIPEONFORK, failing allocations.
 */
export const dup_mmap = operation({
  name: 'dup_mmap',
  from: 'kernel/fork.c',
  takes: ['child'],
  locals: ['start', 'count', 'child_start', 'addr', 'pages', 'cursor'],
  steps: ({ child, start, count, child_start, addr, pages, cursor }) => [
    let_(start, current_mm()),
    let_(count, TASK_SIZE()),
    let_(child_start, mm_start(child)),
    when(not(forked_before(start, child_start)), [go_to('out')]),
    down_write(mmap_sem(start)),
    when(fatal_signal_pending(start), [go_to('unlock')]), // in copy_process, after the copy: the child never runs
    when(not(mm_is_new(child)), [go_to('unlock')]),
    when(not(down_write_trylock(mmap_sem(child_start))), [go_to('unlock')]), // down_write_nested
    mm_init(child),
    promise_fork(start, child),
    each(next_vma(start, count, cursor, addr), [
      let_(pages, vma_pages(addr, start, count)),
      dup_vma(addr, pages, child),
      call(copy_page_range, { addr, count: pages, child }),
    ]),
    flush_tlb_mm(start),
    promise_child_complete(),
    wake_up_new_task(child),
    up_write(mmap_sem(child_start)), // in the kernel before the flush: nobody runs the child yet
    label('unlock'),
    up_write(mmap_sem(start)),
    label('out'),
  ],
});
