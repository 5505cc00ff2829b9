import { each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  entry_target,
  is_device_private_entry,
  is_swap_entry,
  NONE,
  pte_dirty,
  pte_none,
  pte_present,
} from '../../src/kernel/entry.js';
import {
  gather_has_pages,
  tlb_flush_mmu_free,
  tlb_flush_mmu_tlbonly,
  tlb_needs_flush,
  tlb_remove_page,
  tlb_remove_tlb_entry,
} from '../../src/kernel/gather.js';
import { PageAnon, put_page, set_page_dirty, vm_normal_page } from '../../src/kernel/page.js';
import {
  pmd_none_or_trans_huge,
  pte_get,
  pte_of,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { equal, is_zero, let_, next_page } from '../../src/kernel/range.js';
import { page_remove_rmap } from '../../src/kernel/rmap.js';
import { free_swap_and_cache } from '../../src/kernel/swap.js';
import { flush_tlb_batched_pending } from '../../src/kernel/tlb.js';
import { check_mapping_differs } from '../../src/kernel/truncate.js';

const ONE = number(1);

/**
 * Clears the PTEs of [addr, addr + count), which lie in one PMD, under the mmu_gather of the caller.
 * mm/memory.c, v4.14.
 *
 * `details`, unless 0, says what is left alone; v4.14 then leaves every entry that is not present, also those of private
 * copies that were swapped out. Left out: rss counters, cond_resched.
 */
export const zap_pte_range = operation({
  name: 'zap_pte_range',
  from: 'mm/memory.c',
  takes: ['addr', 'count', 'details'],
  gives: ['gone'],
  locals: ['pte', 'place', 'entry', 'page', 'force_flush', 'done', 'cursor', 'at'],
  steps: ({ addr, count, details, pte, place, entry, page, force_flush, done, cursor, at }) => [
    when(pmd_none_or_trans_huge(addr), [go_to('out')]),
    label('again'),
    let_(force_flush, number(0)),
    pte_offset_map_lock(addr, pte),
    flush_tlb_batched_pending(addr),
    each(next_page(addr, count, cursor, at), [
      pte_of(at, place),
      pte_get(place, entry),
      when(not(pte_none(entry)), [
        when(
          pte_present(entry),
          [
            when(check_mapping_differs(details, entry), [go_to('next')]),
            ptep_get_and_clear(at, place, entry),
            tlb_remove_tlb_entry(at, ONE),
            let_(page, entry_target(entry)),
            when(vm_normal_page(page), [
              when(not(PageAnon(page)), [
                when(pte_dirty(entry), [let_(force_flush, ONE), set_page_dirty(page)]),
              ]),
              page_remove_rmap(page),
              when(tlb_remove_page(page), [let_(force_flush, ONE), go_to('batch_full')]),
            ]),
          ],
          [
            when(not(is_zero(details)), [go_to('next')]),
            when(is_swap_entry(entry), [free_swap_and_cache(entry_target(entry))]),
            when(is_device_private_entry(entry), [
              let_(page, entry_target(entry)),
              page_remove_rmap(page),
              put_page(page),
            ]),
            set_pte_at(at, place, NONE), // pte_clear_not_present_full
          ],
        ),
      ]),
      label('next'),
    ]),
    let_(done, ONE),
    label('batch_full'),
    when(equal(force_flush, ONE), [when(tlb_needs_flush(), [tlb_flush_mmu_tlbonly()])]),
    pte_unmap_unlock(pte),
    when(equal(force_flush, ONE), [when(gather_has_pages(), [tlb_flush_mmu_free()])]),
    when(is_zero(done), [go_to('again')]),
    label('out'),
  ],
});
