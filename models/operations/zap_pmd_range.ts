import { call, each, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { HPAGE_PMD_NR, pmd_maps_huge } from '../../src/kernel/huge.js';
import { equal, is_zero, let_, next_pmd, pages_in_pmd } from '../../src/kernel/range.js';
import { __split_huge_pmd } from './__split_huge_pmd.js';
import { zap_huge_pmd } from './zap_huge_pmd.js';
import { zap_pte_range } from './zap_pte_range.js';

const ZERO = number(0);

/**
 * Clears what [start, start + count) maps, PMD by PMD, under the mmu_gather of the caller; a huge page of which only a
 * part goes is split first. mm/memory.c, v4.14; stands for unmap_page_range and the levels above too.
 */
export const zap_pmd_range = operation({
  name: 'zap_pmd_range',
  from: 'mm/memory.c',
  takes: ['start', 'count', 'details'],
  locals: ['addr', 'cursor', 'pages', 'done', 'pmd', 'gone'],
  steps: ({ start, count, details, addr, cursor, pages, done }) => [
    each(next_pmd(start, count, cursor, addr), [
      let_(pages, pages_in_pmd(addr, start, count)),
      let_(done, ZERO),
      when(pmd_maps_huge(addr), [
        when(
          equal(pages, HPAGE_PMD_NR),
          [call(zap_huge_pmd, { addr, done })],
          [call(__split_huge_pmd, { addr, freeze: ZERO, page: ZERO })],
        ),
      ]),
      when(is_zero(done), [call(zap_pte_range, { addr, count: pages, details })]),
    ]),
  ],
});
