import { call, each, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_none } from '../../src/kernel/entry.js';
import { pmd_maps_huge } from '../../src/kernel/huge.js';
import { pmd_peek } from '../../src/kernel/pgtable.js';
import { covers_pmd, is_zero, let_, minus, next_pmd, pages_in_pmd, plus } from '../../src/kernel/range.js';
import { change_huge_pmd } from './change_huge_pmd.js';
import { change_pte_range } from './change_pte_range.js';
import { split_huge_pmd } from './split_huge_pmd.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

const ZERO = number(0);
const ONE = number(1);

/**
 * The part of a change of protections that lies in one PUD: the bracket opens at the first PMD that holds anything.
 * mm/mprotect.c, v4.14. A huge page of which only a part is meant is split; mprotect has done that with the vma.
 */
export const change_pmd_range = operation({
  name: 'change_pmd_range',
  from: 'mm/mprotect.c',
  takes: ['start', 'count', 'vma', 'dirty_accountable', 'cp_flags'],
  gives: ['changed'],
  locals: ['addr', 'cursor', 'pages', 'pmd', 'done', 'started', 'mni_start', 'mni_count', 'gone'],
  steps: ({
    start,
    count,
    vma,
    dirty_accountable,
    cp_flags,
    changed,
    addr,
    cursor,
    pages,
    pmd,
    done,
    started,
    mni_start,
    mni_count,
  }) => [
    each(next_pmd(start, count, cursor, addr), [
      pmd_peek(addr, pmd),
      when(not(pte_none(pmd)), [
        when(is_zero(started), [
          let_(started, ONE),
          let_(mni_start, addr),
          let_(mni_count, minus(plus(start, count), addr)),
          mmu_notifier_invalidate_range_start(mni_start, mni_count),
        ]),
        let_(done, ZERO),
        when(pmd_maps_huge(addr), [
          when(
            covers_pmd(addr, start, count),
            [call(change_huge_pmd, { addr, cp_flags, changed, done })],
            [call(split_huge_pmd, { addr })],
          ),
        ]),
        when(is_zero(done), [
          let_(pages, pages_in_pmd(addr, start, count)),
          call(change_pte_range, { addr, count: pages, vma, dirty_accountable, cp_flags, changed }),
        ]),
      ]),
    ]),
    when(not(is_zero(started)), [mmu_notifier_invalidate_range_end(mni_start, mni_count)]),
  ],
});
