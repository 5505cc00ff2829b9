import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_free_tlb, tlb_gather_mmu } from '../../src/kernel/gather.js';
import { covers_whole_pmd_table, pmd_free_tlb } from '../../src/kernel/hugetlb-tables.js';
import { next_pud } from '../../src/kernel/mm.js';
import { next_pmd } from '../../src/kernel/range.js';
import { covers_whole_table, detach_vmas_to_be_unmapped, unlink_vmas } from '../../src/kernel/vma.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';
import { unmap_vmas } from './unmap_vmas.js';
import { vma_adjust_trans_huge } from './vma_adjust_trans_huge.js';

/**
 * Takes [start, start + count) out of the address space; mmap_sem is held for writing. mm/mmap.c, v4.14, with
 * unmap_region; free_pgtables and free_pte_range of mm/memory.c. Left out: levels above the PUD
 * entry stay.
 */
export const do_munmap = operation({
  name: 'do_munmap',
  from: 'mm/mmap.c',
  takes: ['start', 'count', 'downgrade'],
  locals: ['addr', 'cursor', 'cut'],
  steps: ({ start, count, addr, cursor }) => [
    call(vma_adjust_trans_huge, { start, count }), // __split_vma
    detach_vmas_to_be_unmapped(start, count),
    tlb_gather_mmu(start),
    call(unmap_vmas, { start, count }),
    unlink_vmas(start, count), // free_pgtables: unlink_anon_vmas, unlink_file_vma
    each(next_pmd(start, count, cursor, addr), [
      when(covers_whole_table(addr), [pte_free_tlb(addr)]), // free_pte_range: pmd_clear
    ]),
    each(next_pud(start, count, cursor, addr), [
      when(covers_whole_pmd_table(addr), [pmd_free_tlb(addr)]), // free_pmd_range: pud_clear
    ]),
    call(tlb_finish_mmu, { start, count }),
  ],
});
