import { each, go_to, label, mutedSlot, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { hugetlb_i_mmap } from '../../src/kernel/hugetlb.js';
import {
  huge_pmd_unshare,
  huge_pte_lock,
  huge_pte_unlock,
  huge_pte_offset,
  pud_start,
  PUD_SIZE,
} from '../../src/kernel/hugetlb-tables.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { next_pud } from '../../src/kernel/mm.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/**
 * The PUD region of `addr` shares its table no longer: hugetlb_unshare_pmds over one region. mm/hugetlb.c, v6.2. mmap_sem
 * is held for writing. Left out: the lock of the vma (hugetlb_vma_lock_write).
 */
export const hugetlb_unshare_pmds = operation({
  name: 'hugetlb_unshare_pmds',
  from: 'mm/hugetlb.c',
  version: 'v6.2',
  takes: ['addr'],
  locals: ['start', 'cursor', 'at', 'pte'],
  steps: ({ addr, start, cursor, at, pte }) => [
    let_(start, pud_start(addr)),
    mmu_notifier_invalidate_range_start(start, PUD_SIZE),
    down_write(hugetlb_i_mmap(addr)),
    each(next_pud(start, PUD_SIZE, cursor, at), [
      huge_pte_offset(at, pte),
      when(is_zero(pte), [go_to('next')]),
      huge_pte_lock(at, pte),
      when(huge_pmd_unshare(at, pte), [
        mutedSlot('after-clear', mmu_notifier_invalidate_range(start, PUD_SIZE)),
      ]),
      huge_pte_unlock(pte),
      label('next'),
    ]),
    flush_tlb_range(start, PUD_SIZE),
    up_write(hugetlb_i_mmap(addr)),
    mmu_notifier_invalidate_range_end(start, PUD_SIZE),
  ],
});
