import { branch, each, number, slot, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { dirty_or_write, vma_interval_tree_foreach } from '../../src/kernel/dax.js';
import { pmd_table, pmd_trans_huge, pte_mkclean, pte_wrprotect } from '../../src/kernel/entry.js';
import { pmd_start } from '../../src/kernel/gather.js';
import { HPAGE_PMD_NR, pmdp_get } from '../../src/kernel/huge.js';
import { down_read, i_mmap_rwsem, up_read } from '../../src/kernel/locks.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import {
  pmd_lock,
  pmd_peek,
  pmd_unlock,
  pmdp_huge_clear_flush,
  pte_get,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_clear_flush,
  set_pmd_at,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { promise_entry } from '../../src/kernel/promise.js';
import { let_, next_page } from '../../src/kernel/range.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const PAGE = number(1);

/**
 * Write-protects and cleans the mappings of the file page at `index`, the first one of its locked entry, in every mm.
 * fs/dax.c, v4.14, with follow_pte_pmd (mm/memory.c), which opens the bracket before it takes the lock.
 *
 * v4.14 looks for mappings of the first page of an entry only (`pages` is 1), also when the entry is of 4 pages and
 * some mm maps another of them by a PTE; 06083a0921fd of v5.19 looks for all. Left out: the comparison of the pfn
 * (blocks do not move), private mappings.
 */
export const dax_mapping_entry_mkclean = operation({
  name: 'dax_mapping_entry_mkclean',
  from: 'fs/dax.c',
  takes: ['index'],
  locals: ['pages', 'cursor', 'address', 'haddr', 'pmd', 'pte', 'entry', 'sub', 'at'],
  steps: ({ index, pages, cursor, address, haddr, pmd, pte, entry, sub, at }) => [
    down_read(i_mmap_rwsem(index)),
    let_(pages, PAGE),
    each(vma_interval_tree_foreach(index, pages, cursor, address), [
      pmd_peek(address, entry), // follow_pte_pmd
      when(
        pmd_trans_huge(entry),
        [
          let_(haddr, pmd_start(address)),
          mmu_notifier_invalidate_range_start(haddr, HPAGE_PMD_NR),
          pmd_lock(haddr, pmd),
          pmdp_get(pmd, entry),
          when(
            dirty_or_write(entry),
            [
              branch('pmd', [
                pmdp_huge_clear_flush(haddr, pmd, entry),
                set_pmd_at(haddr, pmd, pte_mkclean(pte_wrprotect(entry))),
                slot('after-set', mmu_notifier_invalidate_range(haddr, HPAGE_PMD_NR)),
              ]),
              pmd_unlock(pmd),
              mmu_notifier_invalidate_range_end(haddr, HPAGE_PMD_NR),
              each(next_page(haddr, HPAGE_PMD_NR, sub, at), [promise_entry(at)]),
            ],
            [pmd_unlock(pmd), mmu_notifier_invalidate_range_end(haddr, HPAGE_PMD_NR)],
          ),
        ],
        [
          when(pmd_table(entry), [
            mmu_notifier_invalidate_range_start(address, PAGE),
            pte_offset_map_lock(address, pte),
            pte_get(pte, entry),
            when(
              dirty_or_write(entry),
              [
                branch('pte', [
                  ptep_clear_flush(address, pte, entry),
                  set_pte_at(address, pte, pte_mkclean(pte_wrprotect(entry))),
                  slot('after-set', mmu_notifier_invalidate_range(address, PAGE)),
                ]),
                pte_unmap_unlock(pte),
                mmu_notifier_invalidate_range_end(address, PAGE),
                promise_entry(address),
              ],
              [pte_unmap_unlock(pte), mmu_notifier_invalidate_range_end(address, PAGE)],
            ),
          ]),
        ],
      ),
    ]),
    up_read(i_mmap_rwsem(index)),
  ],
});
