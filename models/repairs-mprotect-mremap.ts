import { insert, type Edit } from '../src/program/model.js';
import { go_to, not, when } from '../src/program/build.js';
import { pte_soft_dirty } from '../src/kernel/entry.js';
import { HPAGE_PMD_NR } from '../src/kernel/huge.js';
import { flush_tlb_range } from '../src/kernel/tlb.js';
import { VM_SOFTDIRTY, vma_allows } from '../src/kernel/vma.js';
import type { Operation, Register } from '../src/program/step.js';
import { change_pte_range } from './operations/change_pte_range.js';
import { move_huge_pmd } from './operations/move_huge_pmd.js';
import { move_ptes } from './operations/move_ptes.js';

/** What v4.14 gets wrong in mprotect and mremap, as later kernels repaired it. */

const SOFT_DIRTY =
  'mprotect makes no entry writable whose soft-dirty bit is tracked and clear; v4.14 tests the flag the wrong way round: 76aefad628aa, v6.0';
const BEFORE_UNLOCK =
  'mremap flushes what it moved before either page-table lock is dropped, also when it was clean: eb66ae030829, v4.19 (v4.14.78)';

function register(operation: Operation, name: string): Register {
  const [found] = [...operation.takes, ...operation.gives, ...operation.locals].filter(
    (r) => r.name === name,
  );
  return found;
}

export const mprotectAndMremapRepairs: readonly Edit[] = [
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
  insert(
    move_ptes.name,
    'before',
    { callee: 'is_zero' },
    [flush_tlb_range(register(move_ptes, 'old_addr'), register(move_ptes, 'extent'))],
    BEFORE_UNLOCK,
  ),
  insert(
    move_huge_pmd.name,
    'before',
    { callee: 'is_zero' },
    [flush_tlb_range(register(move_huge_pmd, 'old_addr'), HPAGE_PMD_NR)],
    BEFORE_UNLOCK,
  ),
];
