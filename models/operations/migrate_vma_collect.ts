import { go_to, inside, label, mutedSlot, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  entry_target,
  is_device_private_entry,
  make_migration_entry,
  pte_none,
  pte_present,
} from '../../src/kernel/entry.js';
import { pmd_maps_huge } from '../../src/kernel/huge.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { get_page, page_is_zero, PageTransHuge, put_page, trylock_page } from '../../src/kernel/page.js';
import {
  pmd_none_or_trans_huge,
  pte_get,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { page_remove_rmap } from '../../src/kernel/rmap.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const PAGE = number(1);
const ONE = number(1);

/**
 * The page behind `addr`, with a reference; if it could be locked (`locked`), a migration entry stands in its place already.
 * `migrate` without a page: nothing but zeros is there. mm/migrate.c, v4.14: migrate_vma_collect_pmd.
 *
 * The dirty bit of the entry is lost (fd35ca3d12cc, v6.0, keeps it), and the CPUs are flushed after the lock is dropped
 * (60bae7370896, v6.0, flushes before). Left out: huge pages, which the C splits.
 */
export const migrate_vma_collect = operation({
  name: 'migrate_vma_collect',
  from: 'mm/migrate.c',
  takes: ['addr'],
  gives: ['page', 'migrate', 'locked'],
  locals: ['pte', 'entry', 'unmapped'],
  steps: ({ addr, page, migrate, locked, pte, entry, unmapped }) => [
    mmu_notifier_invalidate_range_start(addr, PAGE),
    inside('migrate_vma_collect_pmd', [
      when(pmd_maps_huge(addr), [go_to('out')]),
      when(pmd_none_or_trans_huge(addr), [let_(migrate, ONE), go_to('out')]), // migrate_vma_collect_hole
      pte_offset_map_lock(addr, pte),
      pte_get(pte, entry),
      when(pte_none(entry), [let_(migrate, ONE), go_to('unlock')]),
      when(not(pte_present(entry)), [when(not(is_device_private_entry(entry)), [go_to('unlock')])]),
      when(page_is_zero(entry_target(entry)), [let_(migrate, ONE), go_to('unlock')]),
      when(PageTransHuge(entry_target(entry)), [go_to('unlock')]), // mapped by PTEs
      let_(page, entry_target(entry)),
      get_page(page),
      let_(migrate, ONE),
      when(trylock_page(page), [
        let_(locked, ONE),
        ptep_get_and_clear(addr, pte, entry),
        mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE)),
        set_pte_at(addr, pte, make_migration_entry(page, entry)),
        page_remove_rmap(page),
        put_page(page),
        when(pte_present(entry), [let_(unmapped, ONE)]),
      ]),
      label('unlock'),
      pte_unmap_unlock(pte),
      when(equal(unmapped, ONE), [flush_tlb_range(addr, PAGE)]),
    ]),
    label('out'),
    mmu_notifier_invalidate_range_end(addr, PAGE),
  ],
});
