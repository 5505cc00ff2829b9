import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { tlb_gather_fullmm } from '../../src/kernel/gather.js';
import { down_read_trylock, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { mm_start, next_vma, TASK_SIZE, vma_pages } from '../../src/kernel/mm.js';
import {
  can_reap_vma,
  mark_oom_victim,
  mm_has_subscribers,
  oom_lock,
  oom_unlock,
  set_mmf_oom_skip,
  set_mmf_unstable,
  test_mmf_oom_skip,
} from '../../src/kernel/oom.js';
import { promise_reap } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { vma_at } from '../../src/kernel/vma.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';
import { zap_pmd_range } from './zap_pmd_range.js';

const NO_DETAILS = number(0);

/**
 * The oom killer chooses the process of `mm`, and the reaper takes its private memory before it has exited: __oom_reap_task_mm.
 * mm/oom_kill.c, v4.14. Faults on what was taken end in SIGBUS from then on. An mm with subscribers is left alone
 * (4d4bbd8526a8), since their callbacks might sleep.
 *
 * One try. Left out: who is chosen, the retries, the time it waits for the victim;
 * locked and PFN-mapped vmas.
 */
export const oom_reap_task_mm = operation({
  name: '__oom_reap_task_mm',
  from: 'mm/oom_kill.c',
  takes: ['mm'],
  locals: ['start', 'count', 'cursor', 'addr', 'pages', 'vma', 'refused'],
  steps: ({ mm, start, count, cursor, addr, pages, vma }) => [
    let_(start, mm_start(mm)),
    let_(count, TASK_SIZE()),
    when(not(mark_oom_victim(start)), [go_to('nobody')]), // __oom_kill_process
    oom_lock(start),
    when(not(down_read_trylock(mmap_sem(start))), [go_to('out')]),
    when(mm_has_subscribers(start), [go_to('unlock')]),
    when(test_mmf_oom_skip(start), [go_to('unlock')]),
    set_mmf_unstable(start),
    promise_reap(start, count),
    tlb_gather_fullmm(start),
    each(next_vma(start, count, cursor, addr), [
      let_(vma, vma_at(addr)),
      let_(pages, vma_pages(addr, start, count)),
      when(can_reap_vma(vma), [
        call(zap_pmd_range, { start: addr, count: pages, details: NO_DETAILS }), // unmap_page_range
      ]),
    ]),
    call(tlb_finish_mmu, { start, count }),
    label('unlock'),
    up_read(mmap_sem(start)),
    label('out'),
    oom_unlock(start),
    set_mmf_oom_skip(start), // oom_reap_task: hide this mm from the oom killer
    label('nobody'),
  ],
});
