import { call, each, go_to, label, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_free_tlb, tlb_gather_mmu } from '../../src/kernel/gather.js';
import { splits_hugetlb } from '../../src/kernel/hugetlb.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { promise_unmap } from "../../src/kernel/promise.js";
import { next_pmd } from '../../src/kernel/range.js';
import { covers_whole_table, detach_vmas_to_be_unmapped, unlink_vmas } from '../../src/kernel/vma.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';
import { unmap_vmas } from './unmap_vmas.js';
import { vma_adjust_trans_huge } from './vma_adjust_trans_huge.js';

/**
 * munmap: do_munmap and unmap_region (mm/mmap.c), free_pgtables and free_pte_range (mm/memory.c), v4.14.
 * Left out: upper page-table levels stay.
 */
export const munmap = operation({
  name: 'munmap',
  from: 'mm/mmap.c',
  takes: ['start', 'count'],
  locals: ['addr', 'cursor'],
  steps: ({ start, count, addr, cursor }) => [
    down_write(mmap_sem(start)),
    when(splits_hugetlb(start, count), [go_to('out')]), // __split_vma: -EINVAL
    promise_unmap(start, count),
    call(vma_adjust_trans_huge, { start, count }), // __split_vma
    detach_vmas_to_be_unmapped(start, count),
    tlb_gather_mmu(start),
    call(unmap_vmas, { start, count }),
    unlink_vmas(start, count), // free_pgtables: unlink_anon_vmas, unlink_file_vma
    each(next_pmd(start, count, cursor, addr), [
      when(covers_whole_table(addr), [pte_free_tlb(addr)]), // free_pte_range: pmd_clear
    ]),
    call(tlb_finish_mmu, { start, count }),
    label('out'),
    up_write(mmap_sem(start)),
  ],
});
