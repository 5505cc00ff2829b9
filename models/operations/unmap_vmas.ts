import { call, each } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mmu_notifier_invalidate_range_end, mmu_notifier_invalidate_range_start } from '../../src/kernel/notifier.js';
import { let_, next_pmd, pages_in_pmd } from '../../src/kernel/range.js';
import { zap_pte_range } from './zap_pte_range.js';

/** unmap_vmas, unmap_page_range and zap_pmd_range: PMD by PMD. mm/memory.c, v4.14. */
export const unmap_vmas = operation({
  name: 'unmap_vmas',
  from: 'mm/memory.c',
  takes: ['start', 'count'],
  locals: ['addr', 'cursor', 'pages'],
  steps: ({ start, count, addr, cursor, pages }) => [
    mmu_notifier_invalidate_range_start(start, count),
    each(next_pmd(start, count, cursor, addr), [
      let_(pages, pages_in_pmd(addr, start, count)),
      call(zap_pte_range, { addr, count: pages }),
    ]),
    mmu_notifier_invalidate_range_end(start, count),
  ],
});
