import { call, each, go_to, inside, label, mutedSlot, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_write, pte_wrprotect } from '../../src/kernel/entry.js';
import { down_read, i_mmap_rwsem, up_read } from '../../src/kernel/locks.js';
import { walk_page_mapping, walk_page_mapping_part } from '../../src/kernel/mapping-dirty.js';
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
import { promise_entry } from '../../src/kernel/promise.js';
import { is_zero, let_, max, min, next_page, next_pmd, pages_in_pmd, plus } from '../../src/kernel/range.js';
import { dec_tlb_flush_pending, inc_tlb_flush_pending } from '../../src/kernel/tlb.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';
import { wp_clean_post_vma } from './wp_clean_post_vma.js';

const ONE = number(1);

/**
 * A driver write-protects every shared mapping of the file pages [index, index + count), so that it learns of the next
 * write to each by a fault. mm/mapping_dirty_helpers.c, v5.7. No mmap_sem and no page lock: i_mmap_rwsem alone.
 *
 * When it returns nobody can write without a fault. Huge entries are left alone, as there. Left out: the cache flush.
 */
export const wp_shared_mapping_range = operation({
  name: 'wp_shared_mapping_range',
  from: 'mm/mapping_dirty_helpers.c',
  version: 'v5.7',
  takes: ['index', 'count'],
  locals: [
    'start',
    'pages',
    'vmas',
    'at',
    'part',
    'pmds',
    'addr',
    'ptes',
    'pte',
    'place',
    'entry',
    'tlbflush_start',
    'tlbflush_end',
    'skipped',
  ],
  steps: (r) => [
    down_read(i_mmap_rwsem(r.index)),
    each(walk_page_mapping(r.index, r.count, r.vmas, r.start), [
      let_(r.pages, walk_page_mapping_part(r.start, r.index, r.count)),
      let_(r.tlbflush_start, plus(r.start, r.pages)), // wp_clean_pre_vma
      let_(r.tlbflush_end, r.start),
      let_(r.skipped, number(0)),
      mmu_notifier_invalidate_range_start(r.start, r.pages),
      inc_tlb_flush_pending(r.start),
      each(next_pmd(r.start, r.pages, r.pmds, r.at), [
        when(pmd_none_or_trans_huge(r.at), [let_(r.skipped, ONE), go_to('next')]), // wp_clean_pmd_entry
        let_(r.part, pages_in_pmd(r.at, r.start, r.pages)),
        pte_offset_map_lock(r.at, r.pte),
        each(next_page(r.at, r.part, r.ptes, r.addr), [
          pte_of(r.addr, r.place),
          pte_get(r.place, r.entry),
          inside('wp_pte', [
            when(pte_write(r.entry), [
              ptep_get_and_clear(r.addr, r.place, r.entry), // ptep_modify_prot_start
              mutedSlot('after-clear', mmu_notifier_invalidate_range(r.addr, ONE)),
              set_pte_at(r.addr, r.place, pte_wrprotect(r.entry)), // ptep_modify_prot_commit
              let_(r.tlbflush_start, min(r.tlbflush_start, r.addr)),
              let_(r.tlbflush_end, max(r.tlbflush_end, plus(r.addr, ONE))),
            ]),
          ]),
        ]),
        pte_unmap_unlock(r.pte),
        label('next'),
      ]),
      call(wp_clean_post_vma, {
        start: r.start,
        count: r.pages,
        tlbflush_start: r.tlbflush_start,
        tlbflush_end: r.tlbflush_end,
      }),
      mmu_notifier_invalidate_range_end(r.start, r.pages),
      dec_tlb_flush_pending(r.start),
      when(is_zero(r.skipped), [each(next_page(r.start, r.pages, r.ptes, r.addr), [promise_entry(r.addr)])]),
    ]),
    up_read(i_mmap_rwsem(r.index)),
  ],
});
