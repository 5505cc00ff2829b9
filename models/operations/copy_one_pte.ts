import { go_to, label, mutedSlot, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  entry_target,
  is_device_private_entry,
  is_swap_entry,
  is_write_device_private_entry,
  is_write_migration_entry,
  make_migration_entry_read,
  pte_mkclean,
  pte_present,
  pte_wrprotect,
} from '../../src/kernel/entry.js';
import { make_device_private_entry_read } from '../../src/kernel/migrate.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { get_page, vm_normal_page } from '../../src/kernel/page.js';
import { pte_get, ptep_set_wrprotect, set_pte_at } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { page_dup_rmap } from '../../src/kernel/rmap.js';
import { swap_duplicate } from '../../src/kernel/swap.js';
import { is_cow_mapping } from '../../src/kernel/vma.js';

const ONE = number(1);

/**
 * fork of one PTE that is not none; both page-table locks are held. The parent's is write-protected in place, without a
 * flush. mm/memory.c, v4.14. Left out: counters; that device-private entries lose soft-dirty.
 */
export const copy_one_pte = operation({
  name: 'copy_one_pte',
  from: 'mm/memory.c',
  takes: ['addr', 'src_pte', 'child_addr', 'dst_pte', 'vma'],
  locals: ['entry', 'page'],
  steps: ({ addr, src_pte, child_addr, dst_pte, vma, entry, page }) => [
    pte_get(src_pte, entry),
    when(not(pte_present(entry)), [
      when(is_swap_entry(entry), [swap_duplicate(entry_target(entry))]),
      when(is_write_migration_entry(entry), [
        when(is_cow_mapping(vma), [
          let_(entry, make_migration_entry_read(entry)),
          set_pte_at(addr, src_pte, entry),
        ]),
      ]),
      when(is_device_private_entry(entry), [
        let_(page, entry_target(entry)),
        get_page(page),
        page_dup_rmap(page),
        when(is_write_device_private_entry(entry), [
          when(is_cow_mapping(vma), [
            let_(entry, make_device_private_entry_read(entry)),
            set_pte_at(addr, src_pte, entry),
          ]),
        ]),
      ]),
      go_to('out_set_pte'),
    ]),
    when(
      is_cow_mapping(vma),
      [
        ptep_set_wrprotect(addr, src_pte),
        mutedSlot('after-set', mmu_notifier_invalidate_range(addr, ONE)),
        let_(entry, pte_wrprotect(entry)),
      ],
      [let_(entry, pte_mkclean(entry))],
    ),
    let_(page, entry_target(entry)),
    when(vm_normal_page(page), [get_page(page), page_dup_rmap(page)]),
    label('out_set_pte'),
    set_pte_at(child_addr, dst_pte, entry),
  ],
});
