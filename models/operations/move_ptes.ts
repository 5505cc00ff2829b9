import { call, each, mutedSlot, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_dirty, pte_none, pte_present } from '../../src/kernel/entry.js';
import { move_soft_dirty_pte, move_swap_pte, need_rmap_locks, ptl_differs } from '../../src/kernel/mm.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import {
  ptl_unlock,
  pte_get,
  pte_of,
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_get_and_clear,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { is_zero, let_, minus, next_page, plus } from '../../src/kernel/range.js';
import { flush_tlb_batched_pending, flush_tlb_range } from '../../src/kernel/tlb.js';
import { drop_rmap_locks } from './drop_rmap_locks.js';
import { take_rmap_locks } from './take_rmap_locks.js';

const ONE = number(1);

/**
 * Moves the PTEs of `extent` pages, in one table at either address. mm/mremap.c, v4.14: the new table is unlocked before
 * the CPUs are flushed, and they are flushed here only if a dirty entry was moved; from v4.14.78 (eb66ae030829) for any
 * present one, before either lock is dropped.
 */
export const move_ptes = operation({
  name: 'move_ptes',
  from: 'mm/mremap.c',
  takes: ['old_addr', 'new_addr', 'extent', 'vma'],
  gives: ['need_flush'],
  locals: [
    'file_locked',
    'anon_locked',
    'old_pte',
    'new_pte',
    'new_ptl',
    'force_flush',
    'cursor',
    'at',
    'new_at',
    'src',
    'dst',
    'entry',
  ],
  steps: ({
    old_addr,
    new_addr,
    extent,
    vma,
    need_flush,
    file_locked,
    anon_locked,
    old_pte,
    new_pte,
    new_ptl,
    force_flush,
    cursor,
    at,
    new_at,
    src,
    dst,
    entry,
  }) => [
    when(need_rmap_locks(old_addr, new_addr), [
      call(take_rmap_locks, { addr: old_addr, vma, file_locked, anon_locked }),
    ]),
    pte_offset_map_lock(old_addr, old_pte),
    pte_of(new_addr, new_pte), // pte_offset_map
    when(ptl_differs(old_pte, new_pte), [let_(new_ptl, ONE), pte_offset_map_lock(new_addr, new_pte)]), // nested
    flush_tlb_batched_pending(old_addr),
    each(next_page(old_addr, extent, cursor, at), [
      let_(new_at, plus(new_addr, minus(at, old_addr))),
      pte_of(at, src),
      pte_of(new_at, dst),
      pte_get(src, entry),
      when(
        pte_present(entry),
        [
          ptep_get_and_clear(at, src, entry),
          mutedSlot('after-clear', mmu_notifier_invalidate_range(at, ONE)),
          when(pte_dirty(entry), [let_(force_flush, ONE)]),
          set_pte_at(new_at, dst, move_soft_dirty_pte(entry)),
        ],
        [when(not(pte_none(entry)), [move_swap_pte(at, src, new_at, dst)])],
      ),
    ]),
    when(not(is_zero(new_ptl)), [ptl_unlock(new_pte)]), // spin_unlock(new_ptl)
    when(not(is_zero(force_flush)), [flush_tlb_range(old_addr, extent)], [let_(need_flush, ONE)]),
    pte_unmap_unlock(old_pte),
    call(drop_rmap_locks, { addr: old_addr, file_locked, anon_locked }),
  ],
});
