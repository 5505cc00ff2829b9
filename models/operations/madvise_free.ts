import { call, each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { tlb_gather_mmu } from '../../src/kernel/gather.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { range_is_anonymous } from '../../src/kernel/mm.js';
import { promise_free } from '../../src/kernel/promise.js';
import { let_, next_pmd, pages_in_pmd } from '../../src/kernel/range.js';
import { madvise_free_pte_range } from './madvise_free_pte_range.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/**
 * madvise(MADV_FREE): madvise_free_single_vma and madvise_free_page_range. mm/madvise.c, v4.14. Anonymous memory only
 * (-EINVAL); all vmas of the range in one go.
 */
export const madvise_free = operation({
  name: 'madvise_free',
  from: 'mm/madvise.c',
  takes: ['start', 'count'],
  locals: ['addr', 'cursor', 'pages'],
  steps: ({ start, count, addr, cursor, pages }) => [
    down_read(mmap_sem(start)),
    when(not(range_is_anonymous(start, count)), [go_to('out')]),
    promise_free(start, count),
    tlb_gather_mmu(start),
    mmu_notifier_invalidate_range_start(start, count),
    each(next_pmd(start, count, cursor, addr), [
      let_(pages, pages_in_pmd(addr, start, count)),
      call(madvise_free_pte_range, { addr, count: pages }),
    ]),
    mmu_notifier_invalidate_range_end(start, count),
    call(tlb_finish_mmu, { start, count }),
    label('out'),
    up_read(mmap_sem(start)),
  ],
});
