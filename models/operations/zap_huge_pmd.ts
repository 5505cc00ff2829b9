import { go_to, label, mutedSlot, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pmd_trans_huge } from '../../src/kernel/entry.js';
import {
  tlb_flush_mmu_free,
  tlb_flush_mmu_tlbonly,
  tlb_remove_page,
  tlb_remove_tlb_entry,
} from '../../src/kernel/gather.js';
import { HPAGE_PMD_NR, pmdp_get } from '../../src/kernel/huge.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { vm_normal_page } from '../../src/kernel/page.js';
import { pmd_lock, pmd_unlock, pmdp_huge_get_and_clear } from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { page_remove_compound_rmap } from '../../src/kernel/rmap.js';

const ONE = number(1);

/**
 * Clears a whole huge PMD entry under the mmu_gather of the caller. `done` is 0 when it is no huge entry any more.
 * mm/huge_memory.c, v4.14. Left out: huge pages of files, counters.
 */
export const zap_huge_pmd = operation({
  name: 'zap_huge_pmd',
  from: 'mm/huge_memory.c',
  takes: ['addr'],
  gives: ['done'],
  locals: ['pmd', 'entry', 'page', 'normal'],
  steps: ({ addr, done, pmd, entry, page, normal }) => [
    pmd_lock(addr, pmd), // pmd_trans_huge_lock
    pmdp_get(pmd, entry),
    when(not(pmd_trans_huge(entry)), [pmd_unlock(pmd), go_to('out')]),
    let_(page, entry_target(entry)),
    when(vm_normal_page(page), [let_(normal, ONE)]), // not vma_is_dax: decided before the block can be given away
    pmdp_huge_get_and_clear(addr, pmd, entry),
    mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, HPAGE_PMD_NR)),
    tlb_remove_tlb_entry(addr, HPAGE_PMD_NR), // tlb_remove_pmd_tlb_entry
    let_(done, ONE),
    when(is_zero(normal), [pmd_unlock(pmd), go_to('out')]), // DAX; the huge zero page stays with the mm
    page_remove_compound_rmap(page),
    pmd_unlock(pmd),
    when(tlb_remove_page(page), [tlb_flush_mmu_tlbonly(), tlb_flush_mmu_free()]), // tlb_remove_page_size
    label('out'),
  ],
});
