import { number, when } from '../src/program/build.js';
import { tlb_flush_mmu_tlbonly, tlb_needs_flush } from '../src/kernel/gather.js';
import { equal } from '../src/kernel/range.js';
import { flush_tlb_range, try_to_unmap_flush } from '../src/kernel/tlb.js';
import { insert, type Edit } from '../src/program/model.js';
import type { Operation, Register } from '../src/program/step.js';
import { shrink_page_list } from './operations/shrink_page_list.js';
import { try_to_unmap_one } from './operations/try_to_unmap_one.js';
import { zap_pte_range } from './operations/zap_pte_range.js';

/** What v4.14 gets wrong in reclaim and against writeback, repaired. */

const ONE = number(1);

const CACHE =
  'reclaim pays its batched CPU flush before the page leaves its cache: from then on a fault brings a new frame in, which is written while other CPUs read the old one (follows no commit)';
const NONE =
  'an entry that reclaim leaves empty is flushed from the CPUs under the lock: the next fault maps another page at once (follows no commit)';
const RMAP =
  'zap flushes a dirty file page before its mapping is uncounted, or writeback skips page_mkclean while a stale entry still writes: 5df397dec7c4, v6.2';

function register(operation: Operation, name: string): Register {
  const [found] = [...operation.takes, ...operation.gives, ...operation.locals].filter(
    (r) => r.name === name,
  );
  return found;
}

/** 5df397dec7c4, v6.2. */
export const zapKeepsMapping: readonly Edit[] = [
  insert(
    zap_pte_range.name,
    'before',
    { callee: 'page_remove_rmap', nth: 1 },
    [
      when(equal(register(zap_pte_range, 'force_flush'), ONE), [
        when(tlb_needs_flush(), [tlb_flush_mmu_tlbonly()]),
      ]),
    ],
    RMAP,
  ),
];

export const reclaimRepairs: readonly Edit[] = [
  ...['swap-cache', 'page-cache'].map((branch) =>
    insert(
      shrink_page_list.name,
      'before',
      { callee: '__remove_mapping', branch },
      [try_to_unmap_flush()],
      CACHE,
    ),
  ),
  ...['unused', 'lazyfree-clean', 'swapbacked-mismatch'].map((branch) =>
    insert(
      try_to_unmap_one.name,
      'before',
      { callee: 'mmu_notifier_invalidate_range', branch },
      [flush_tlb_range(register(try_to_unmap_one, 'addr'), ONE)],
      NONE,
    ),
  ),
  ...zapKeepsMapping,
];
