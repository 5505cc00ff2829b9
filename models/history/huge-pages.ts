import { call, go_to, number } from '../../src/program/build.js';
import { HPAGE_PMD_NR } from '../../src/kernel/huge.js';
import { pmdp_huge_get_and_clear } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { drop, insert, notify, type Edit } from '../../src/program/model.js';
import type { Arg, Operation } from '../../src/program/step.js';
import type { Change } from '../history.js';
import { atomicInvalidate, splitSamplesLate } from '../repairs-huge-pages.js';
import { change_huge_pmd } from '../operations/change_huge_pmd.js';
import { clear_refs_pte_range } from '../operations/clear_refs_pte_range.js';
import { do_huge_pmd_wp_page } from '../operations/do_huge_pmd_wp_page.js';
import { mmu_notifier_invalidate_range_end } from '../operations/mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from '../operations/mmu_notifier_invalidate_range_start.js';
import { retract_page_tables } from '../operations/retract_page_tables.js';
import { split_huge_pmd } from '../operations/split_huge_pmd.js';
import { register } from './steps-of.js';

/** Huge pages mapped by a PMD entry. */

/** The entry is none for a moment, and is flushed at the end, not at once. */
function clears(operation: Operation, addr: Arg): readonly Edit[] {
  const { name } = operation;
  const at = (part: string): { callee: string; part: string } => ({ callee: 'pmdp_invalidate', part });
  const clear = pmdp_huge_get_and_clear(addr, register(operation, 'pmd'), register(operation, 'entry'));
  return [
    insert(name, 'before', at('read'), [clear]),
    ...['read', 'set', 'flush', 'in-flush'].map((part) => drop(name, at(part))),
    drop(name, { callee: 'pmdp_get', nth: 2 }),
    drop(name, { callee: 'pte_dirty' }),
  ];
}

const haddr = register(do_huge_pmd_wp_page, 'haddr');

const retracted = register(retract_page_tables, 'addr');

export const hugePages: readonly Change[] = [
  {
    until: '4.11',
    commit: 'ced108037c2a',
    about: 'mprotect leaves a huge entry none for a moment, and notifies in it',
    edits: [
      ...clears(change_huge_pmd, register(change_huge_pmd, 'addr')),
      notify(change_huge_pmd.name, 'after-clear'),
    ],
  },
  {
    until: '4.12',
    commit: '5b7abeae3af8',
    about: 'clear_refs leaves a huge entry none for a moment',
    edits: clears(clear_refs_pte_range, register(clear_refs_pte_range, 'haddr')),
  },
  {
    since: '4.16',
    commit: 'd52605d7cb30',
    about: 'pmdp_invalidate is one atomic exchange',
    edits: atomicInvalidate,
  },
  {
    since: '4.16',
    commit: 'd52605d7cb30',
    about: 'the split of a huge page invalidates its entry before it fills the PTEs (read in 4.17)',
    edits: splitSamplesLate,
  },
  {
    since: '5.8',
    commit: '3917c80280c9',
    about: 'a write fault on a shared huge page splits it and copies one base page',
    edits: [
      drop(do_huge_pmd_wp_page.name, { callee: 'get_page', nth: 2 }),
      insert(do_huge_pmd_wp_page.name, 'before', { callee: 'alloc_huge_page' }, [
        call(split_huge_pmd, { addr: haddr }),
        let_(register(do_huge_pmd_wp_page, 'fallback'), number(1)),
        go_to('out'),
      ]),
    ],
  },
  {
    since: '6.1',
    commit: 'f268f6cf875f',
    about: 'khugepaged takes the page tables of a file away inside a bracket',
    edits: [
      insert(retract_page_tables.name, 'before', { callee: 'pmd_lock' }, [
        mmu_notifier_invalidate_range_start(retracted, HPAGE_PMD_NR),
      ]),
      insert(retract_page_tables.name, 'before', { callee: 'pte_free' }, [
        mmu_notifier_invalidate_range_end(retracted, HPAGE_PMD_NR),
      ]),
    ],
  },
];
