import { flags, go_to, label, not, number, slot, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, pte_mkclean, pte_wrprotect, WRITE } from '../../src/kernel/entry.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { page_vma_mapped_walk, PVMW_SYNC } from '../../src/kernel/page-vma-mapped.js';
import { promise_entry } from '../../src/kernel/promise.js';
import { pte_get, pte_unmap_unlock, ptep_clear_flush, set_pte_at } from '../../src/kernel/pgtable.js';
import { has, let_ } from '../../src/kernel/range.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const PAGE = number(1);
const ONE = number(1);

/**
 * Makes one mapping of a file page clean and read-only, so that the next write faults. `cleaned` becomes 1 if it was
 * not, and stays what it is if it was; of a mapping that is left alone nothing is promised. mm/rmap.c, v4.14. Left out: pages mapped by a PMD (DAX and huge page cache).
 */
export const page_mkclean_one = operation({
  name: 'page_mkclean_one',
  from: 'mm/rmap.c',
  takes: ['page', 'addr'],
  gives: ['cleaned'],
  locals: ['pte', 'entry', 'ret'],
  steps: ({ page, addr, cleaned, pte, entry, ret }) => [
    mmu_notifier_invalidate_range_start(addr, PAGE),
    when(not(page_vma_mapped_walk(page, addr, PVMW_SYNC, pte)), [go_to('end')]),
    pte_get(pte, entry),
    when(has(entry, flags(DIRTY, WRITE)), [
      ptep_clear_flush(addr, pte, entry),
      set_pte_at(addr, pte, pte_mkclean(pte_wrprotect(entry))),
      slot('after-set', mmu_notifier_invalidate_range(addr, PAGE)),
      let_(ret, ONE),
      let_(cleaned, ONE), // (*cleaned)++
    ]),
    pte_unmap_unlock(pte),
    label('end'),
    mmu_notifier_invalidate_range_end(addr, PAGE),
    when(has(ret, ONE), [promise_entry(addr)]),
  ],
});
