import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  atomic_dec_and_test_mm_users,
  mm_put_huge_zero_page,
  mm_release,
  mmdrop,
} from '../../src/kernel/exit.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { current_mm, TASK_SIZE } from '../../src/kernel/mm.js';
import { promise_unmap } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { exit_mmap } from './exit_mmap.js';

/**
 * The last thread of a process exits: exit_mm (kernel/exit.c) and __mmput (kernel/fork.c), v4.14. Threads of the mm that
 * still have something to do are waited for; what this thread calls afterwards finds an mm without vmas.
 *
 * Whoever works on the mm from outside holds mmap_sem, and finds no vma any more once mm_users is 0: ksm_exit and
 * khugepaged_exit wait for the lock. Left out: aio, uprobes' areas, exec.
 */
export const exit_mm = operation({
  name: 'exit_mm',
  from: 'kernel/exit.c',
  takes: [],
  locals: ['start'],
  steps: ({ start }) => [
    let_(start, current_mm()),
    when(not(mm_release(start)), [go_to('out')]),
    when(not(atomic_dec_and_test_mm_users(start)), [go_to('out')]),
    down_write(mmap_sem(start)), // ksm_exit, khugepaged_exit
    up_write(mmap_sem(start)),
    promise_unmap(start, TASK_SIZE()),
    call(exit_mmap, { start, count: TASK_SIZE() }),
    mm_put_huge_zero_page(start),
    mmdrop(start),
    label('out'),
  ],
});
