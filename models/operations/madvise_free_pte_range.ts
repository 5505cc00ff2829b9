import { call, each, go_to, label, mutedSlot, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  entry_target,
  is_swap_entry,
  NONE,
  pte_dirty,
  pte_mkclean,
  pte_present,
} from '../../src/kernel/entry.js';
import { tlb_remove_tlb_entry } from '../../src/kernel/gather.js';
import { pmd_maps_huge } from '../../src/kernel/huge.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import {
  ClearPageFlag,
  compound_head,
  get_page,
  PageFlag,
  PageTransHuge,
  PG_dirty,
  put_page,
  trylock_page,
  unlock_page,
  vm_normal_page,
} from '../../src/kernel/page.js';
import {
  pmd_none_or_trans_huge,
  pte_get,
  pte_of,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { is_zero, let_, minus, next_page } from '../../src/kernel/range.js';
import { page_mapcount_is } from '../../src/kernel/rmap.js';
import {
  free_swap_and_cache,
  mark_page_lazyfree,
  PageSwapCache,
  try_to_free_swap,
} from '../../src/kernel/swap.js';
import { flush_tlb_batched_pending } from '../../src/kernel/tlb.js';
import { madvise_free_huge_pmd } from './madvise_free_huge_pmd.js';
import { split_huge_page_to_list } from './split_huge_page_to_list.js';

const ONE = number(1);

/**
 * Makes the pages that [addr, addr + count) of one PMD maps freeable: clean page, clean entry, no swap slot. The entries
 * keep the write permission. mm/madvise.c, v4.14; one mmu_gather and one bracket of the caller around it.
 *
 * An entry that is clean is left alone: the accessed bit, for which the kernel rewrites it too, is not modelled. Left
 * out: counters, mlock, the delay of mark_page_lazyfree.
 */
export const madvise_free_pte_range = operation({
  name: 'madvise_free_pte_range',
  from: 'mm/madvise.c',
  takes: ['addr', 'count'],
  locals: ['pte', 'place', 'entry', 'page', 'cursor', 'at', 'done', 'head', 'stop'],
  steps: ({ addr, count, pte, place, entry, page, cursor, at, done, head, stop }) => [
    when(pmd_maps_huge(addr), [call(madvise_free_huge_pmd, { addr, count, done })]),
    when(not(is_zero(done)), [go_to('next')]),
    when(pmd_none_or_trans_huge(addr), [go_to('next')]),
    pte_offset_map_lock(addr, pte),
    flush_tlb_batched_pending(addr),
    each(next_page(addr, count, cursor, at), [
      pte_of(at, place),
      pte_get(place, entry),
      when(
        pte_present(entry),
        [
          let_(page, entry_target(entry)),
          when(not(vm_normal_page(page)), [go_to('continue')]),
          when(PageTransHuge(page), [
            when(not(page_mapcount_is(page, ONE)), [go_to('out')]),
            get_page(page),
            when(not(trylock_page(page)), [put_page(page), go_to('out')]),
            pte_unmap_unlock(pte),
            let_(head, compound_head(page)),
            call(split_huge_page_to_list, { page: head, keep: page }),
            when(PageTransHuge(page), [let_(stop, ONE)]), // somebody else refers to it
            unlock_page(page),
            put_page(page),
            pte_offset_map_lock(addr, pte),
            when(not(is_zero(stop)), [go_to('out')]),
            let_(cursor, minus(cursor, ONE)), // the same PTE again
            go_to('continue'),
          ]),
          when(PageSwapCache(page), [go_to('clean')]),
          when(not(PageFlag(page, PG_dirty)), [go_to('cleaned')]),
          label('clean'),
          when(not(trylock_page(page)), [go_to('continue')]),
          when(not(page_mapcount_is(page, ONE)), [unlock_page(page), go_to('continue')]),
          when(PageSwapCache(page), [
            when(not(try_to_free_swap(page)), [unlock_page(page), go_to('continue')]),
          ]),
          ClearPageFlag(page, PG_dirty),
          unlock_page(page),
          label('cleaned'),
          when(pte_dirty(entry), [
            ptep_get_and_clear(at, place, entry),
            mutedSlot('after-clear', mmu_notifier_invalidate_range(at, ONE)),
            set_pte_at(at, place, pte_mkclean(entry)),
            tlb_remove_tlb_entry(at, ONE),
          ]),
          mark_page_lazyfree(page),
        ],
        [
          when(is_swap_entry(entry), [
            free_swap_and_cache(entry_target(entry)),
            set_pte_at(at, place, NONE), // pte_clear_not_present_full
          ]),
        ],
      ),
      label('continue'),
    ]),
    label('out'),
    pte_unmap_unlock(pte),
    label('next'),
  ],
});
