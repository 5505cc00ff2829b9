import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { huge_page_size, hugetlb_i_mmap, hugetlb_vma_at } from '../../src/kernel/hugetlb.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import {
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
} from '../../src/kernel/notifier.js';
import { let_, next_pmd, pages_in_pmd } from '../../src/kernel/range.js';
import { __unmap_hugepage_range } from './__unmap_hugepage_range.js';
import { zap_pmd_range } from './zap_pmd_range.js';

/** Clears what the range maps, inside one bracket: unmap_vmas and unmap_single_vma. mm/memory.c, v4.14. */
export const unmap_vmas = operation({
  name: 'unmap_vmas',
  from: 'mm/memory.c',
  takes: ['start', 'count'],
  locals: ['addr', 'cursor', 'pages'],
  steps: ({ start, count, addr, cursor, pages }) => [
    mmu_notifier_invalidate_range_start(start, count),
    each(next_pmd(start, count, cursor, addr), [
      let_(pages, pages_in_pmd(addr, start, count)),
      when(
        hugetlb_vma_at(addr),
        [
          down_write(hugetlb_i_mmap(addr)),
          call(__unmap_hugepage_range, { start: addr, count: huge_page_size }),
          up_write(hugetlb_i_mmap(addr)),
        ],
        [call(zap_pmd_range, { start: addr, count: pages })],
      ),
    ]),
    mmu_notifier_invalidate_range_end(start, count),
  ],
});
