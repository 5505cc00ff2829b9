import { go_to, not, number, when } from '../../src/program/build.js';
import { entry_target } from '../../src/kernel/entry.js';
import { page_mapcount_is } from '../../src/kernel/rmap.js';
import { is_cow_mapping } from '../../src/kernel/vma.js';
import { drop, insert, notify } from '../../src/program/model.js';
import type { Operation, Register } from '../../src/program/step.js';
import type { Change } from '../history.js';
import { change_pte_range } from '../operations/change_pte_range.js';
import { do_huge_pmd_numa_page } from '../operations/do_huge_pmd_numa_page.js';
import { migrate_misplaced_transhuge_page } from '../operations/migrate_misplaced_transhuge_page.js';

const THP = migrate_misplaced_transhuge_page.name;

function register(operation: Operation, name: string): Register {
  const [found] = [...operation.takes, ...operation.gives, ...operation.locals].filter(
    (r) => r.name === name,
  );
  return found;
}

/** NUMA hints, and migration by the faults that they cause. */
export const numa: readonly Change[] = [
  {
    since: '4.16',
    commit: '859d4adc3415',
    about: 'pages that are shared copy-on-write get no NUMA hint',
    unverified: true,
    edits: [
      insert(change_pte_range.name, 'before', { callee: 'pte_protnone' }, [
        when(is_cow_mapping(register(change_pte_range, 'vma')), [
          when(not(page_mapcount_is(entry_target(register(change_pte_range, 'entry')), number(1))), [
            go_to('next'),
          ]),
        ]),
      ]),
    ],
  },
  {
    since: '4.20',
    commit: 'd7c3393413fe',
    about: 'a NUMA fault on a huge page that flushes for a pending hint tells the secondary TLBs too',
    edits: [notify(do_huge_pmd_numa_page.name, 'after-flush')],
  },
  {
    since: '4.20',
    commit: '7066f0f933a1',
    about:
      'a huge page that moves to another node gets its new entry over the inaccessible one: no none, no bracket',
    edits: [
      drop(THP, { callee: 'mmu_notifier_invalidate_range_start' }),
      drop(THP, { callee: 'mmu_notifier_invalidate_range_end', branch: 'changed' }),
      drop(THP, { callee: 'pmdp_huge_clear_flush_notify' }),
      drop(THP, { callee: 'mmu_notifier_invalidate_range_end', nth: 2 }),
    ],
  },
  {
    since: '5.14',
    commit: 'c5b5a3dd2c1f',
    about:
      'NUMA faults move huge pages by the generic migration; not modelled: here they stay where they are',
    unverified: true,
    edits: [insert(do_huge_pmd_numa_page.name, 'before', { callee: 'choose' }, [go_to('clear_pmdnuma')])],
  },
];
