import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_free_tlb, tlb_gather_fullmm } from '../../src/kernel/gather.js';
import { covers_whole_pmd_table, pmd_free_tlb } from '../../src/kernel/hugetlb-tables.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { next_pud } from '../../src/kernel/mm.js';
import { mm_is_oom_victim, set_mmf_oom_skip } from '../../src/kernel/oom.js';
import { next_pmd } from '../../src/kernel/range.js';
import { covers_whole_table, unlink_vmas } from '../../src/kernel/vma.js';
import { mmu_notifier_release } from './mmu_notifier_release.js';
import { tlb_finish_mmu } from './tlb_finish_mmu.js';
import { unmap_vmas } from './unmap_vmas.js';

/**
 * Takes an mm down that nobody uses any more: subscribers first, then everything that it maps, without mmap_sem and under
 * one gather of the whole mm; nobody hears of it. mm/mmap.c, v4.14. Left out: mlock.
 */
export const exit_mmap = operation({
  name: 'exit_mmap',
  from: 'mm/mmap.c',
  takes: ['start', 'count'],
  locals: ['addr', 'cursor'],
  steps: ({ start, count, addr, cursor }) => [
    call(mmu_notifier_release, { addr: start }),
    tlb_gather_fullmm(start),
    call(unmap_vmas, { start, count }),
    when(mm_is_oom_victim(start), [
      set_mmf_oom_skip(start), // the reaper may be at work: wait until it has gone
      down_write(mmap_sem(start)),
      up_write(mmap_sem(start)),
    ]),
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
