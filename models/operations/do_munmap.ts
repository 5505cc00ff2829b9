import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_free_tlb, tlb_gather_mmu } from '../../src/kernel/gather.js';
import { next_pmd } from '../../src/kernel/range.js';
import { covers_whole_table, detach_vmas_to_be_unmapped, unlink_vmas } from '../../src/kernel/vma.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';
import { unmap_vmas } from './unmap_vmas.js';
import { vma_adjust_trans_huge } from './vma_adjust_trans_huge.js';

/**
 * Takes [start, start + count) out of the address space; mmap_sem is held for writing. mm/mmap.c, v4.14, with
 * unmap_region; free_pgtables and free_pte_range of mm/memory.c. Left out: upper page-table levels stay.
 */
export const do_munmap = operation({
  name: 'do_munmap',
  from: 'mm/mmap.c',
  takes: ['start', 'count'],
  locals: ['addr', 'cursor'],
  steps: ({ start, count, addr, cursor }) => [
    call(vma_adjust_trans_huge, { start, count }), // __split_vma
    detach_vmas_to_be_unmapped(start, count),
    tlb_gather_mmu(start),
    call(unmap_vmas, { start, count }),
    unlink_vmas(start, count), // free_pgtables: unlink_anon_vmas, unlink_file_vma
    each(next_pmd(start, count, cursor, addr), [
      when(covers_whole_table(addr), [pte_free_tlb(addr)]), // free_pte_range: pmd_clear
    ]),
    call(tlb_finish_mmu, { start, count }),
  ],
});
