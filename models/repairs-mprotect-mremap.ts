import { drop, insert, type Edit } from '../src/program/model.js';
import { call, go_to, label, not, number, when } from '../src/program/build.js';
import { pte_soft_dirty } from '../src/kernel/entry.js';
import { HPAGE_PMD_NR } from '../src/kernel/huge.js';
import { pmd_none_or_trans_huge } from '../src/kernel/pgtable.js';
import { flush_tlb_range } from '../src/kernel/tlb.js';
import { is_zero, let_ } from '../src/kernel/range.js';
import { VM_SOFTDIRTY, vma_allows } from '../src/kernel/vma.js';
import type { Arg, Operation, Register } from '../src/program/step.js';
import { change_pte_range } from './operations/change_pte_range.js';
import { mprotectByGather } from './history/mprotect.js';
import { drop_rmap_locks } from './operations/drop_rmap_locks.js';
import { move_huge_pmd } from './operations/move_huge_pmd.js';
import { move_ptes } from './operations/move_ptes.js';

/** What v4.14 gets wrong in mprotect and mremap, as later kernels repaired it. */

const SOFT_DIRTY =
  'mprotect makes no entry writable whose soft-dirty bit is tracked and clear; v4.14 tests the flag the wrong way round: 76aefad628aa, v6.0';
const BEFORE_UNLOCK =
  'mremap flushes what it moved before either page-table lock is dropped, also when it was clean: eb66ae030829, v4.19 (v4.14.78)';
const TABLE_GONE =
  'mremap looks at the PMD again with the rmap locks held, and retries: truncation takes no mmap lock and may have cleared a huge one: a5be621ee292, v6.5';

const GATHER =
  'mprotect flushes by a gather, and so also for others who have cleared entries of its range and not flushed yet: 4a18419f71cd, v5.19';

function register(operation: Operation, name: string): Register {
  const [found] = [...operation.takes, ...operation.gives, ...operation.locals].filter(
    (r) => r.name === name,
  );
  return found;
}

/** 76aefad628aa, v6.0. */
export const mprotectSoftDirty: readonly Edit[] = [
  insert(
    change_pte_range.name,
    'before',
    { callee: 'vma_allows' },
    [
      when(not(vma_allows(register(change_pte_range, 'vma'), VM_SOFTDIRTY)), [
        when(not(pte_soft_dirty(register(change_pte_range, 'entry'))), [go_to('commit')]),
      ]),
    ],
    SOFT_DIRTY,
  ),
];

/** The flush in one of the two: whatever was present is flushed, under both locks, and nothing is left to flush later. */
function flushesBeforeUnlock(operation: Operation, count: Arg): readonly Edit[] {
  const { name } = operation;
  const [force_flush, old_addr] = ['force_flush', 'old_addr'].map((r) => register(operation, r));
  const flush = when(not(is_zero(force_flush)), [flush_tlb_range(old_addr, count)]);
  return [
    insert(name, 'before', { callee: 'pte_dirty' }, [let_(force_flush, number(1))], BEFORE_UNLOCK),
    drop(name, { callee: 'pte_dirty' }, BEFORE_UNLOCK),
    insert(name, 'before', { callee: 'is_zero', nth: 1 }, [flush], BEFORE_UNLOCK),
    drop(name, { callee: 'is_zero', nth: 2 }, BEFORE_UNLOCK),
  ];
}

/** eb66ae030829, v4.19. */
export const moveFlushesBeforeUnlock: readonly Edit[] = [
  ...flushesBeforeUnlock(move_ptes, register(move_ptes, 'extent')),
  ...flushesBeforeUnlock(move_huge_pmd, HPAGE_PMD_NR),
];

/** a5be621ee292, v6.5. A retry would find the PMD none and go on: a huge one can come back only through the mmap lock. */
export const moveRetries: readonly Edit[] = [
  insert(
    move_ptes.name,
    'before',
    { callee: 'pte_offset_map_lock', nth: 1 },
    [
      when(pmd_none_or_trans_huge(register(move_ptes, 'old_addr')), [
        call(drop_rmap_locks, {
          addr: register(move_ptes, 'old_addr'),
          file_locked: register(move_ptes, 'file_locked'),
          anon_locked: register(move_ptes, 'anon_locked'),
        }),
        go_to('out'),
      ]),
    ],
    TABLE_GONE,
  ),
  insert(move_ptes.name, 'after', { callee: drop_rmap_locks.name }, [label('out')], TABLE_GONE),
];

/** 4a18419f71cd, v5.19. */
const mprotectGathers: readonly Edit[] = mprotectByGather.map((edit) => ({ ...edit, why: GATHER }));

export const mprotectAndMremapRepairs: readonly Edit[] = [
  ...mprotectGathers,
  ...mprotectSoftDirty,
  ...moveFlushesBeforeUnlock,
  ...moveRetries,
];
