import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_none } from '../../src/kernel/entry.js';
import { HPAGE_PMD_NR, pmd_maps_huge } from '../../src/kernel/huge.js';
import { move_extent } from '../../src/kernel/mm.js';
import { pmd_none_or_trans_huge, pmd_peek, pte_alloc } from '../../src/kernel/pgtable.js';
import { equal, is_zero, let_, minus, plus } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { move_huge_pmd } from './move_huge_pmd.js';
import { move_ptes } from './move_ptes.js';
import { split_huge_pmd } from './split_huge_pmd.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const ZERO = number(0);

/**
 * Moves the entries of [from, from + count) to `to`, inside a bracket over the old range; the new one held nothing.
 * mm/mremap.c, v4.14: what move_ptes left unflushed is flushed at the end. Left out: running out of page-table pages.
 */
export const move_page_tables = operation({
  name: 'move_page_tables',
  from: 'mm/mremap.c',
  takes: ['from', 'to', 'count', 'vma'],
  locals: ['old_addr', 'new_addr', 'left', 'extent', 'pmd', 'moved', 'need_flush'],
  steps: ({ from, to, count, vma, old_addr, new_addr, left, extent, pmd, moved, need_flush }) => [
    mmu_notifier_invalidate_range_start(from, count),
    let_(old_addr, from),
    let_(new_addr, to),
    let_(left, count),
    label('extent'),
    when(is_zero(left), [go_to('moved')]),
    let_(extent, move_extent(old_addr, new_addr, left)),
    pmd_peek(old_addr, pmd), // get_old_pmd
    when(pte_none(pmd), [go_to('next')]),
    when(pmd_maps_huge(old_addr), [
      when(equal(extent, HPAGE_PMD_NR), [
        let_(moved, ZERO),
        call(move_huge_pmd, { old_addr, new_addr, vma, need_flush, moved }),
        when(not(is_zero(moved)), [go_to('next')]),
      ]),
      call(split_huge_pmd, { addr: old_addr }),
      when(pmd_none_or_trans_huge(old_addr), [go_to('next')]), // pmd_trans_unstable
    ]),
    when(pte_alloc(new_addr), [call(move_ptes, { old_addr, new_addr, extent, vma, need_flush })]),
    label('next'),
    let_(left, minus(left, extent)),
    let_(old_addr, plus(old_addr, extent)),
    let_(new_addr, plus(new_addr, extent)),
    go_to('extent'),
    label('moved'),
    when(not(is_zero(need_flush)), [flush_tlb_range(from, count)]),
    mmu_notifier_invalidate_range_end(from, count),
  ],
});
