import { each, go_to, inside, label, mutedSlot, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  is_swap_entry,
  is_migration_entry,
  pmd_trans_huge,
  pte_clear_soft_dirty,
  pte_dirty,
  pte_mkdirty,
  pte_present,
  pte_wrprotect,
} from '../../src/kernel/entry.js';
import { pmd_start } from '../../src/kernel/gather.js';
import { pmd_maps_huge, pmdp_get, pmdp_invalidate } from '../../src/kernel/huge.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import {
  pmd_lock,
  pmd_none_or_trans_huge,
  pmd_unlock,
  pte_get,
  pte_of,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pmd_at,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { let_, next_page } from '../../src/kernel/range.js';

const ONE = number(1);

/**
 * Write-protects what [addr, addr + count) of one PMD maps and clears its soft-dirty bits; the flush is the caller's.
 * fs/proc/task_mmu.c, v4.14: clear_refs_pte_range, clear_soft_dirty_pmd, clear_soft_dirty. A migration entry loses the
 * bit and keeps the write permission. Left out: PMD migration entries, the accessed bit.
 */
export const clear_refs_pte_range = operation({
  name: 'clear_refs_pte_range',
  from: 'fs/proc/task_mmu.c',
  takes: ['addr', 'count'],
  locals: ['haddr', 'pmd', 'old', 'pte', 'place', 'entry', 'cursor', 'at'],
  steps: ({ addr, count, haddr, pmd, old, pte, place, entry, cursor, at }) => [
    when(pmd_maps_huge(addr), [
      let_(haddr, pmd_start(addr)),
      pmd_lock(haddr, pmd), // pmd_trans_huge_lock
      pmdp_get(pmd, entry),
      inside('clear_soft_dirty_pmd', [
        when(pmd_trans_huge(entry), [
          pmdp_invalidate(haddr, pmd, old),
          pmdp_get(pmd, old),
          when(pte_dirty(old), [let_(entry, pte_mkdirty(entry))]),
          set_pmd_at(haddr, pmd, pte_wrprotect(pte_clear_soft_dirty(entry))),
        ]),
      ]),
      pmd_unlock(pmd),
    ]),
    when(pmd_none_or_trans_huge(addr), [go_to('out')]),
    pte_offset_map_lock(addr, pte),
    each(next_page(addr, count, cursor, at), [
      pte_of(at, place),
      pte_get(place, entry),
      inside('clear_soft_dirty', [
        when(
          pte_present(entry),
          [
            ptep_get_and_clear(at, place, entry), // ptep_modify_prot_start
            mutedSlot('after-clear', mmu_notifier_invalidate_range(at, ONE)),
            set_pte_at(at, place, pte_wrprotect(pte_clear_soft_dirty(entry))), // ptep_modify_prot_commit
          ],
          [
            when(is_swap_entry(entry), [set_pte_at(at, place, pte_clear_soft_dirty(entry))]),
            when(is_migration_entry(entry), [set_pte_at(at, place, pte_clear_soft_dirty(entry))]),
          ],
        ),
      ]),
    ]),
    pte_unmap_unlock(pte),
    label('out'),
  ],
});
