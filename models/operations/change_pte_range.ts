import { each, go_to, label, mutedSlot, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  is_write_device_private_entry,
  is_write_migration_entry,
  make_migration_entry_read,
  entry_target,
  pte_dirty,
  pte_mk_protnone,
  pte_mkwrite,
  pte_present,
  pte_protnone,
  pte_soft_dirty,
  pte_wrprotect,
} from '../../src/kernel/entry.js';
import { make_device_private_entry_read } from '../../src/kernel/migrate.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { MM_CP_PROT_NUMA } from '../../src/kernel/mprotect.js';
import { PageKsm, vm_normal_page } from '../../src/kernel/page.js';
import {
  pmd_none_or_trans_huge,
  pte_get,
  pte_of,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { has, is_zero, let_, next_page } from '../../src/kernel/range.js';
import { prot_writable } from '../../src/kernel/shmem.js';
import { flush_tlb_batched_pending } from '../../src/kernel/tlb.js';
import { VM_SOFTDIRTY, vma_allows } from '../../src/kernel/vma.js';

const ONE = number(1);

/**
 * Gives the PTEs of [addr, addr + count), in one PMD, the page protection of the vma: it has the write
 * permission in mappings of tmpfs alone; elsewhere a write fault gives it. The CPUs are flushed by change_protection. mm/mprotect.c, v4.14.
 *
 * In a vma whose soft-dirty bits are tracked (VM_SOFTDIRTY clear) a dirty entry gets the write permission whether or not
 * it is soft-dirty: v4.14 tests it the wrong way round. For a NUMA hint (prot_numa; `cp_flags` is the later name) an entry
 * stops being accessible and keeps its write permission. Left out: pages that are on the scanning thread's node.
 */
export const change_pte_range = operation({
  name: 'change_pte_range',
  from: 'mm/mprotect.c',
  takes: ['addr', 'count', 'vma', 'dirty_accountable', 'cp_flags'],
  gives: ['changed', 'gone'],
  locals: ['pte', 'place', 'entry', 'cursor', 'at', 'oldpte'],
  steps: ({ addr, count, vma, dirty_accountable, cp_flags, changed, pte, place, entry, cursor, at }) => [
    when(pmd_none_or_trans_huge(addr), [go_to('out')]),
    pte_offset_map_lock(addr, pte),
    flush_tlb_batched_pending(addr),
    each(next_page(addr, count, cursor, at), [
      pte_of(at, place),
      pte_get(place, entry),
      when(
        pte_present(entry),
        [
          when(has(cp_flags, MM_CP_PROT_NUMA), [
            when(not(vm_normal_page(entry_target(entry))), [go_to('next')]),
            when(PageKsm(entry_target(entry)), [go_to('next')]),
            when(pte_protnone(entry), [go_to('next')]),
          ]),
          ptep_get_and_clear(at, place, entry), // ptep_modify_prot_start
          mutedSlot('after-clear', mmu_notifier_invalidate_range(at, ONE)),
          when(has(cp_flags, MM_CP_PROT_NUMA), [let_(entry, pte_mk_protnone(entry)), go_to('commit')]),
          let_(entry, pte_wrprotect(entry)), // pte_modify
          when(prot_writable(at), [let_(entry, pte_mkwrite(entry)), go_to('commit')]),
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
          when(is_write_device_private_entry(entry), [
            set_pte_at(at, place, make_device_private_entry_read(entry)),
            let_(changed, ONE),
          ]),
        ],
      ),
      label('next'),
    ]),
    pte_unmap_unlock(pte),
    label('out'),
  ],
});
