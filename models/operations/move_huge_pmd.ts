import { call, go_to, label, mutedSlot, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_dirty, pte_present } from '../../src/kernel/entry.js';
import { HPAGE_PMD_NR, pmd_maps_huge } from '../../src/kernel/huge.js';
import { move_soft_dirty_pte, need_rmap_locks, pmd_of, ptl_differs } from '../../src/kernel/mm.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { pmd_lock, pmd_unlock, pmdp_huge_get_and_clear, set_pmd_at } from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { drop_rmap_locks } from './drop_rmap_locks.js';
import { take_rmap_locks } from './take_rmap_locks.js';

const ONE = number(1);

/**
 * Moves a whole huge PMD entry; both addresses are aligned, and the new PMD is none. `moved` stays 0 when the old one
 * is no huge page any more. mm/huge_memory.c, v4.14, with the rmap locks that its caller takes around it; the flush is
 * as late as in move_ptes. Left out: the table of PTEs that is deposited with the entry.
 */
export const move_huge_pmd = operation({
  name: 'move_huge_pmd',
  from: 'mm/huge_memory.c',
  takes: ['old_addr', 'new_addr', 'vma'],
  gives: ['need_flush', 'moved'],
  locals: ['file_locked', 'anon_locked', 'old_pmd', 'new_pmd', 'new_ptl', 'entry', 'force_flush'],
  steps: ({
    old_addr,
    new_addr,
    vma,
    need_flush,
    moved,
    file_locked,
    anon_locked,
    old_pmd,
    new_pmd,
    new_ptl,
    entry,
    force_flush,
  }) => [
    when(need_rmap_locks(old_addr, new_addr), [
      call(take_rmap_locks, { addr: old_addr, vma, file_locked, anon_locked }),
    ]),
    pmd_lock(old_addr, old_pmd), // __pmd_trans_huge_lock
    when(not(pmd_maps_huge(old_addr)), [go_to('out')]),
    pmd_of(new_addr, new_pmd),
    when(ptl_differs(old_pmd, new_pmd), [let_(new_ptl, ONE), pmd_lock(new_addr, new_pmd)]), // nested
    pmdp_huge_get_and_clear(old_addr, old_pmd, entry),
    when(pte_present(entry), [
      mutedSlot('after-clear', mmu_notifier_invalidate_range(old_addr, HPAGE_PMD_NR)),
      when(pte_dirty(entry), [let_(force_flush, ONE)]),
    ]),
    set_pmd_at(new_addr, new_pmd, move_soft_dirty_pte(entry)),
    when(not(is_zero(new_ptl)), [pmd_unlock(new_pmd)]),
    when(not(is_zero(force_flush)), [flush_tlb_range(old_addr, HPAGE_PMD_NR)], [let_(need_flush, ONE)]),
    let_(moved, ONE),
    label('out'),
    pmd_unlock(old_pmd),
    call(drop_rmap_locks, { addr: old_addr, file_locked, anon_locked }),
  ],
});
