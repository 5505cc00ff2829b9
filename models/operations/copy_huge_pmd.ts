import { go_to, label, mutedSlot, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pmd_trans_huge, pte_wrprotect } from '../../src/kernel/entry.js';
import { HPAGE_PMD_NR, HUGE_ZERO_PAGE, pmdp_get, pmdp_set_wrprotect } from '../../src/kernel/huge.js';
import { mm_get_huge_zero_page } from '../../src/kernel/mm.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { get_page } from '../../src/kernel/page.js';
import { pmd_lock, pmd_unlock, set_pmd_at } from '../../src/kernel/pgtable.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { page_dup_compound_rmap } from '../../src/kernel/rmap.js';
import { vma_anonymous } from '../../src/kernel/vma.js';

const ONE = number(1);

/**
 * fork of one huge PMD entry; `done` stays 0 when the PMD maps no huge page any more. mm/huge_memory.c, v4.14. The
 * child of a huge page that is not anonymous faults. Left out: PMD migration entries, the table of PTEs that is deposited
 * with the entry.
 */
export const copy_huge_pmd = operation({
  name: 'copy_huge_pmd',
  from: 'mm/huge_memory.c',
  takes: ['addr', 'child_addr', 'vma'],
  gives: ['done'],
  locals: ['child_pmd', 'pmd', 'entry', 'page'],
  steps: ({ addr, child_addr, vma, done, child_pmd, pmd, entry, page }) => [
    let_(done, ONE),
    when(not(vma_anonymous(vma)), [go_to('out')]),
    pmd_lock(child_addr, child_pmd),
    pmd_lock(addr, pmd),
    pmdp_get(pmd, entry),
    when(not(pmd_trans_huge(entry)), [let_(done, number(0)), go_to('unlock')]),
    let_(page, entry_target(entry)),
    when(equal(page, HUGE_ZERO_PAGE), [
      mm_get_huge_zero_page(child_addr),
      set_pmd_at(child_addr, child_pmd, entry), // set_huge_zero_page
      go_to('unlock'),
    ]),
    get_page(page),
    page_dup_compound_rmap(page),
    pmdp_set_wrprotect(addr, pmd),
    mutedSlot('after-set', mmu_notifier_invalidate_range(addr, HPAGE_PMD_NR)),
    set_pmd_at(child_addr, child_pmd, pte_wrprotect(entry)),
    label('unlock'),
    pmd_unlock(pmd),
    pmd_unlock(child_pmd),
    label('out'),
  ],
});
