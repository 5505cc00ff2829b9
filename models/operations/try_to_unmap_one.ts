import { branch, go_to, label, not, number, when } from '../../src/program/build.js';
import { mutedSlot, slot } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  choose,
  pte_unused_hint,
  swap_duplicate_fails,
  swapbacked_mismatch,
} from '../../src/kernel/choice.js';
import {
  make_hwpoison_entry,
  make_migration_entry,
  pte_dirty,
  swp_entry_to_pte,
} from '../../src/kernel/entry.js';
import { make_hwpoison_huge_entry, set_huge_pte_at } from '../../src/kernel/hugetlb.js';
import { compound_pages, PageHuge } from '../../src/kernel/hugetlb-migrate.js';
import { make_read_migration_entry } from '../../src/kernel/migrate.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import {
  PageAnon,
  PageFlag,
  PG_device_private,
  PG_dirty,
  PG_hwpoison,
  PG_swapbacked,
  put_page,
  set_page_dirty,
  SetPageFlag,
} from '../../src/kernel/page.js';
import { page_vma_mapped_walk, PVMW_NONE } from '../../src/kernel/page-vma-mapped.js';
import { promise_drop } from '../../src/kernel/promise.js';
import {
  pte_unmap_unlock,
  ptep_clear_flush,
  ptep_get_and_clear,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { has, let_ } from '../../src/kernel/range.js';
import { page_remove_rmap } from '../../src/kernel/rmap.js';
import { page_swap_slot, swap_duplicate } from '../../src/kernel/swap.js';
import { set_tlb_ubc_flush_pending, should_defer_flush } from '../../src/kernel/tlb.js';
import { TTU_BATCH_FLUSH, TTU_IGNORE_HWPOISON, TTU_MIGRATION, TTU_MUNLOCK } from '../../src/kernel/vmscan.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const PAGE = number(1);
const ONE = number(1);

/**
 * Takes one mapping of `page` away: what stands in its place depends on the page and on who asks. `stop` is 1 when the
 * C returns false, which ends the walk. The page is locked and the caller holds a reference. mm/rmap.c, v4.14.
 *
 * v4.14 notifies under the lock at the discard label, after the mapping and its reference are gone; later kernels
 * do it inside some branches, where slots stand. Left out: mlocked vmas, the accessed bit, pages mapped by
 * a PMD (set_pmd_migration_entry, TTU_SPLIT_HUGE_PMD), rss counters, mmlist. A hugetlb page goes the way of a base page: its
 * place is a PMD entry, and nobody asks whether other mms share the table that holds it.
 */
export const try_to_unmap_one = operation({
  name: 'try_to_unmap_one',
  from: 'mm/rmap.c',
  takes: ['page', 'addr', 'flags'],
  gives: ['stop'],
  locals: ['start', 'count', 'notify', 'pte', 'entry'],
  steps: ({ page, addr, flags, stop, start, count, pte, entry }) => [
    let_(start, addr),
    let_(count, compound_pages(page)),
    when(has(flags, TTU_MUNLOCK), [go_to('out')]), // munlock has nothing to gain from vmas that are not VM_LOCKED
    mmu_notifier_invalidate_range_start(start, count),
    when(not(page_vma_mapped_walk(page, addr, PVMW_NONE, pte)), [go_to('end')]),
    when(has(flags, TTU_MIGRATION), [
      when(PageFlag(page, PG_device_private), [
        branch('device-private', [
          // not present, so no TLB holds it: is_zone_device_page
          ptep_get_and_clear(addr, pte, entry),
          set_pte_at(addr, pte, make_read_migration_entry(page, entry)),
          go_to('discard'),
        ]),
      ]),
    ]),
    when(
      has(flags, TTU_BATCH_FLUSH),
      [
        when(
          should_defer_flush(addr),
          [branch('batched', [ptep_get_and_clear(addr, pte, entry), set_tlb_ubc_flush_pending(addr, entry)])],
          [branch('unbatched', [ptep_clear_flush(addr, pte, entry)])],
        ),
      ],
      [branch('unbatched', [ptep_clear_flush(addr, pte, entry)])],
    ),
    when(pte_dirty(entry), [set_page_dirty(page)]), // now the pte is gone
    when(not(has(flags, TTU_IGNORE_HWPOISON)), [
      when(PageFlag(page, PG_hwpoison), [
        branch('hwpoison', [
          mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE)),
          when(
            PageHuge(page),
            [set_huge_pte_at(addr, pte, make_hwpoison_huge_entry(page))], // set_huge_swap_pte_at until v6.0
            [set_pte_at(addr, pte, make_hwpoison_entry(page))],
          ),
          go_to('discard'),
        ]),
      ]),
    ]),
    when(choose(pte_unused_hint), [
      // a guest that still writes the page has not called it unused: clean entries only
      when(not(pte_dirty(entry)), [
        branch('unused', [
          promise_drop(addr),
          mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE)),
          go_to('discard'),
        ]),
      ]),
    ]),
    when(has(flags, TTU_MIGRATION), [
      branch('migration', [
        mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE)),
        set_pte_at(addr, pte, make_migration_entry(page, entry)),
        go_to('discard'),
      ]),
    ]),
    when(PageAnon(page), [
      when(choose(swapbacked_mismatch), [
        // cannot happen and is warned about; clean entries only, so that what is lost is no write in flight
        when(not(pte_dirty(entry)), [
          branch('swapbacked-mismatch', [
            promise_drop(addr),
            mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE)),
            let_(stop, ONE), // the mapping and its reference leak
            go_to('unlock'),
          ]),
        ]),
      ]),
      when(not(PageFlag(page, PG_swapbacked)), [
        when(not(PageFlag(page, PG_dirty)), [
          branch('lazyfree-clean', [
            mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE)),
            go_to('discard'),
          ]),
        ]),
        branch('lazyfree-dirty', [
          mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE)),
          set_pte_at(addr, pte, entry), // redirtied: mapped again
          SetPageFlag(page, PG_swapbacked),
          let_(stop, ONE),
          go_to('unlock'),
        ]),
      ]),
      when(choose(swap_duplicate_fails), [
        branch('swap-failed', [
          mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE)),
          set_pte_at(addr, pte, entry),
          let_(stop, ONE),
          go_to('unlock'),
        ]),
      ]),
      branch('swap', [
        swap_duplicate(page_swap_slot(page)),
        mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE)),
        set_pte_at(addr, pte, swp_entry_to_pte(page_swap_slot(page), entry)),
        mutedSlot('after-set', mmu_notifier_invalidate_range(addr, PAGE)),
        go_to('discard'),
      ]),
    ]),
    branch('file', [mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, PAGE))]),
    label('discard'),
    page_remove_rmap(page),
    put_page(page),
    slot('after-unlink', mmu_notifier_invalidate_range(addr, PAGE)),
    label('unlock'),
    pte_unmap_unlock(pte),
    label('end'),
    mmu_notifier_invalidate_range_end(start, count),
    label('out'),
  ],
});
