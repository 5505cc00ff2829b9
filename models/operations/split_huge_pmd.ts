import { call, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pmd_maps_huge } from '../../src/kernel/huge.js';
import { __split_huge_pmd } from './__split_huge_pmd.js';

const NO = number(0);

/** Splits the PMD entry of `addr` if it maps a huge page: the macro of include/linux/huge_mm.h, v4.14. */
export const split_huge_pmd = operation({
  name: 'split_huge_pmd',
  from: 'include/linux/huge_mm.h',
  takes: ['addr'],
  steps: ({ addr }) => [when(pmd_maps_huge(addr), [call(__split_huge_pmd, { addr, freeze: NO, page: NO })])],
});
