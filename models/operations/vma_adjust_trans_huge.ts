import { call, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pmd_aligned, transhuge_vma_suitable } from '../../src/kernel/huge.js';
import { let_, plus } from '../../src/kernel/range.js';
import { __split_huge_pmd } from './__split_huge_pmd.js';

const NO = number(0);

/**
 * Before a vma is split at the ends of [start, start + count), a huge page that lies across an end is split; mmap_sem
 * is held for writing. mm/huge_memory.c, v4.14, for both ends; callers split at one end at a time.
 */
export const vma_adjust_trans_huge = operation({
  name: 'vma_adjust_trans_huge',
  from: 'mm/huge_memory.c',
  takes: ['start', 'count'],
  locals: ['end'],
  steps: ({ start, count, end }) => [
    when(not(pmd_aligned(start)), [
      when(transhuge_vma_suitable(start), [call(__split_huge_pmd, { addr: start, freeze: NO, page: NO })]),
    ]),
    let_(end, plus(start, count)),
    when(not(pmd_aligned(end)), [
      when(transhuge_vma_suitable(end), [call(__split_huge_pmd, { addr: end, freeze: NO, page: NO })]),
    ]),
  ],
});
