import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { choose, well_placed } from '../../src/kernel/choice.js';
import { entry_target, pte_clear_protnone } from '../../src/kernel/entry.js';
import { get_page, PageTransHuge, put_page } from '../../src/kernel/page.js';
import {
  pte_offset_map_lock,
  pte_same,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { migrate_misplaced_page } from './migrate_misplaced_page.js';

/**
 * A NUMA hinting fault on a PTE: the entry becomes accessible again with the rights that it had, then the page is
 * migrated if it is on the wrong node. mm/memory.c, v4.14. Nothing is notified: no walk could read the entry.
 *
 * Left out: statistics, and entries without a page, which are given no hint.
 */
export const do_numa_page = operation({
  name: 'do_numa_page',
  from: 'mm/memory.c',
  takes: ['addr', 'orig_pte'],
  locals: ['pte', 'entry', 'page'],
  steps: ({ addr, orig_pte, pte, entry, page }) => [
    pte_offset_map_lock(addr, pte),
    when(not(pte_same(pte, orig_pte)), [pte_unmap_unlock(pte), go_to('out')]),
    ptep_get_and_clear(addr, pte, entry), // ptep_modify_prot_start
    set_pte_at(addr, pte, pte_clear_protnone(entry)), // ptep_modify_prot_commit
    let_(page, entry_target(entry)),
    when(PageTransHuge(page), [pte_unmap_unlock(pte), go_to('out')]), // PageCompound: mapped by PTEs
    get_page(page), // numa_migrate_prep
    pte_unmap_unlock(pte),
    when(choose(well_placed), [put_page(page), go_to('out')]),
    call(migrate_misplaced_page, { page }),
    label('out'),
  ],
});
