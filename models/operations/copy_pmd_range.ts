import { call, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_none } from '../../src/kernel/entry.js';
import { pmd_maps_huge } from '../../src/kernel/huge.js';
import { pmd_peek } from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { copy_huge_pmd } from './copy_huge_pmd.js';
import { copy_pte_range } from './copy_pte_range.js';

const ZERO = number(0);

/** fork of what one PMD maps: a huge page, or a table of PTEs. mm/memory.c, v4.14. */
export const copy_pmd_range = operation({
  name: 'copy_pmd_range',
  from: 'mm/memory.c',
  takes: ['addr', 'child_addr', 'count', 'vma'],
  locals: ['pmd', 'done'],
  steps: ({ addr, child_addr, count, vma, pmd, done }) => [
    let_(done, ZERO),
    when(pmd_maps_huge(addr), [call(copy_huge_pmd, { addr, child_addr, vma, done })]),
    when(is_zero(done), [
      pmd_peek(addr, pmd),
      when(not(pte_none(pmd)), [call(copy_pte_range, { addr, child_addr, count, vma })]), // pmd_none_or_clear_bad
    ]),
  ],
});
