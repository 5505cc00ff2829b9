import { each, go_to, label, mutedSlot, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  is_write_migration_entry,
  make_migration_entry_read,
  pte_dirty,
  pte_mkwrite,
  pte_present,
  pte_soft_dirty,
  pte_wrprotect,
} from '../../src/kernel/entry.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import {
  pmd_none_or_trans_huge,
  pte_get,
  pte_of,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { is_zero, let_, next_page } from '../../src/kernel/range.js';
import { flush_tlb_batched_pending } from '../../src/kernel/tlb.js';
import { VM_SOFTDIRTY, vma_allows } from '../../src/kernel/vma.js';

const ONE = number(1);

/**
 * Gives the PTEs of [addr, addr + count), in one PMD, the page protection of the vma: it never has the write permission,
 * which a write fault gives. The CPUs are flushed by change_protection. mm/mprotect.c, v4.14.
 *
 * In a vma whose soft-dirty bits are tracked (VM_SOFTDIRTY clear) a dirty entry gets the write permission whether or not
 * it is soft-dirty: v4.14 tests it the wrong way round. Left out: NUMA hinting, device-private entries.
 */
export const change_pte_range = operation({
  name: 'change_pte_range',
  from: 'mm/mprotect.c',
  takes: ['addr', 'count', 'vma', 'dirty_accountable'],
  gives: ['changed'],
  locals: ['pte', 'place', 'entry', 'cursor', 'at'],
  steps: ({ addr, count, vma, dirty_accountable, changed, pte, place, entry, cursor, at }) => [
    when(pmd_none_or_trans_huge(addr), [go_to('out')]),
    pte_offset_map_lock(addr, pte),
    flush_tlb_batched_pending(addr),
    each(next_page(addr, count, cursor, at), [
      pte_of(at, place),
      pte_get(place, entry),
      when(
        pte_present(entry),
        [
          ptep_get_and_clear(at, place, entry), // ptep_modify_prot_start
          mutedSlot('after-clear', mmu_notifier_invalidate_range(at, ONE)),
          let_(entry, pte_wrprotect(entry)), // pte_modify
          when(not(is_zero(dirty_accountable)), [
            when(pte_dirty(entry), [
              when(vma_allows(vma, VM_SOFTDIRTY), [when(not(pte_soft_dirty(entry)), [go_to('commit')])]),
              let_(entry, pte_mkwrite(entry)),
            ]),
          ]),
          label('commit'),
          set_pte_at(at, place, entry), // ptep_modify_prot_commit
          let_(changed, ONE),
        ],
        [
          when(is_write_migration_entry(entry), [
            set_pte_at(at, place, make_migration_entry_read(entry)),
            let_(changed, ONE),
          ]),
        ],
      ),
    ]),
    pte_unmap_unlock(pte),
    label('out'),
  ],
});
