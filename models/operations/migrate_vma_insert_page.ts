import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pte_none, pte_present } from '../../src/kernel/entry.js';
import { new_device_private_entry } from '../../src/kernel/migrate.js';
import { get_page, page_is_zero } from '../../src/kernel/page.js';
import {
  pte_alloc,
  pte_get,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_clear_flush_notify,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap } from '../../src/kernel/rmap.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const PAGE = number(1);
const ONE = number(1);

/**
 * Where nothing is, or the zero page, the device's fresh page is put: `moved` is 1 if it could. mm/migrate.c, v4.14, with
 * the bracket of migrate_vma_pages. The page has no soft-dirty bit, and no mark of userfaultfd. Left out: device memory that CPUs reach, missing-page registration.
 */
export const migrate_vma_insert_page = operation({
  name: 'migrate_vma_insert_page',
  from: 'mm/migrate.c',
  takes: ['addr', 'page', 'vma'],
  gives: ['moved'],
  locals: ['pte', 'entry', 'old', 'fresh'],
  steps: ({ addr, page, vma, moved, pte, entry, old, fresh }) => [
    mmu_notifier_invalidate_range_start(addr, PAGE),
    when(not(pte_alloc(addr)), [go_to('abort')]),
    pte_offset_map_lock(addr, pte),
    pte_get(pte, entry),
    when(not(pte_none(entry)), [
      when(not(pte_present(entry)), [go_to('unlock')]),
      when(not(page_is_zero(entry_target(entry))), [go_to('unlock')]),
    ]),
    page_add_new_anon_rmap(page, addr),
    get_page(page),
    when(pte_present(entry), [ptep_clear_flush_notify(addr, pte, old)]),
    let_(fresh, new_device_private_entry(page, vma)),
    set_pte_at(addr, pte, fresh),
    let_(moved, ONE),
    label('unlock'),
    pte_unmap_unlock(pte),
    label('abort'),
    mmu_notifier_invalidate_range_end(addr, PAGE),
  ],
});
