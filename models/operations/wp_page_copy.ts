import { number } from '../../src/program/build.js';
import { when, not, go_to, label } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { maybe_mkwrite, mk_pte, DIRTY } from '../../src/kernel/entry.js';
import { copy_user_highpage } from '../../src/kernel/highmem.js';
import { alloc_page_vma, put_page } from '../../src/kernel/page.js';
import {
  pte_offset_map_lock,
  pte_same,
  pte_unmap_unlock,
  ptep_clear_flush_notify,
} from '../../src/kernel/pgtable.js';
import { page_add_new_anon_rmap, page_remove_rmap } from '../../src/kernel/rmap.js';
import { signal_bus } from '../../src/kernel/access.js';
import { let_ } from '../../src/kernel/range.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';
import { set_pte_at_notify } from './set_pte_at_notify.js';

const PAGE = number(1);

/**
 * Copy-on-write of a base page, and the write fault on the zero page. Called without the page-table lock, with a
 * reference on `old_page`. mm/memory.c, v4.14.
 *
 * Left out: anon_vma_prepare, memory cgroup charges, rss counters, the mlock of the old page. The zero page is frame
 * 0: references and mappings of it are not counted, and copying it is clearing.
 */
export const wp_page_copy = operation({
  name: 'wp_page_copy',
  from: 'mm/memory.c',
  takes: ['addr', 'orig_pte', 'old_page', 'vma'],
  gives: ['fault'],
  locals: ['new_page', 'pte', 'entry'],
  steps: ({ addr, orig_pte, old_page, vma, fault, new_page, pte, entry }) => [
    when(not(alloc_page_vma(new_page)), [put_page(old_page), let_(fault, signal_bus), go_to('oom')]),
    copy_user_highpage(new_page, old_page),
    mmu_notifier_invalidate_range_start(addr, PAGE),
    pte_offset_map_lock(addr, pte),
    when(
      pte_same(pte, orig_pte),
      [
        ptep_clear_flush_notify(addr, pte, entry),
        page_add_new_anon_rmap(new_page, addr),
        set_pte_at_notify(addr, pte, maybe_mkwrite(mk_pte(new_page, DIRTY), vma)),
        page_remove_rmap(old_page), // only after the entry is switched: a sharer may reuse the page from here on
        put_page(old_page), // the mapping's reference
      ],
      [put_page(new_page)],
    ),
    pte_unmap_unlock(pte),
    mmu_notifier_invalidate_range_end(addr, PAGE),
    put_page(old_page),
    label('oom'),
  ],
});
