import { call, each, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { hugetlb_i_mmap, hugetlb_vma_at } from '../../src/kernel/hugetlb.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import { first_of_vma, vma_pages } from '../../src/kernel/mm.js';
import { let_, next_pmd, pages_in_pmd } from '../../src/kernel/range.js';
import { __unmap_hugepage_range } from './__unmap_hugepage_range.js';
import { zap_pmd_range } from './zap_pmd_range.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const NO_DETAILS = number(0);

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
          // each vma once, as a whole
          when(first_of_vma(addr, start), [
            let_(pages, vma_pages(addr, start, count)),
            down_write(hugetlb_i_mmap(addr)),
            call(__unmap_hugepage_range, { start: addr, count: pages }),
            up_write(hugetlb_i_mmap(addr)),
          ]),
        ],
        [call(zap_pmd_range, { start: addr, count: pages, details: NO_DETAILS })],
      ),
    ]),
    mmu_notifier_invalidate_range_end(start, count),
  ],
});
