import { go_to, not, number, when } from '../../src/program/build.js';
import { entry_target } from '../../src/kernel/entry.js';
import { choose, well_placed } from '../../src/kernel/choice.js';
import { numamigrate_isolate_page } from '../../src/kernel/migrate.js';
import { get_page, put_page } from '../../src/kernel/page.js';
import { pmd_lock, pmd_same, pmd_unlock } from '../../src/kernel/pgtable.js';
import { page_count_is, page_mapcount_is } from '../../src/kernel/rmap.js';
import { putback_lru_page } from '../../src/kernel/vmscan.js';
import { is_cow_mapping } from '../../src/kernel/vma.js';
import { drop, insert, notify, type Edit } from '../../src/program/model.js';
import type { Condition, Operation, Register } from '../../src/program/step.js';
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

const ONE = number(1);
const page = entry_target(register(change_pte_range, 'entry'));

/** A NUMA hint passes by a page of a private mapping unless `alone` says that it has no other user. */
function passesByUnless(alone: Condition): Edit {
  return insert(change_pte_range.name, 'before', { callee: 'pte_protnone' }, [
    when(is_cow_mapping(register(change_pte_range, 'vma')), [when(not(alone), [go_to('next')])]),
  ]);
}

/**
 * The fault holds a reference, not the page lock, and looks at the entry again when the page has not moved. What
 * migrate_misplaced_page does to an isolated huge page (set_pmd_migration_entry, remove_migration_pmd) is not modelled.
 */
function takesNoPageLock(): readonly Edit[] {
  const { name } = do_huge_pmd_numa_page;
  const [haddr, orig_pmd, pmd, moved] = ['haddr', 'orig_pmd', 'pmd', 'page'].map((r) =>
    register(do_huge_pmd_numa_page, r),
  );
  return [
    insert(name, 'before', { callee: 'PageLocked' }, [
      when(choose(well_placed), [go_to('clear_pmdnuma')]),
      get_page(moved), // numa_migrate_prep
      pmd_unlock(pmd),
      when(numamigrate_isolate_page(moved), [putback_lru_page(moved)], [put_page(moved)]),
      pmd_lock(haddr, pmd),
      when(not(pmd_same(pmd, orig_pmd)), [go_to('out_unlock')]),
      go_to('clear_pmdnuma'), // out_map
    ]),
    drop(name, { callee: 'unlock_page', nth: 2 }),
  ];
}

/** NUMA hints, and migration by the faults that they cause. */
export const numa: readonly Change[] = [
  {
    since: '4.16',
    commit: '859d4adc3415',
    about: 'pages that are shared copy-on-write get no NUMA hint',
    edits: [passesByUnless(page_mapcount_is(page, ONE))],
  },
  {
    since: '5.15', // v5.17, and v5.15.25
    until: '6.10', // d2136d749d76 asks for the map count again, and for pins, which are not modelled here
    commit: '80d47f5de5e3',
    about:
      'pages of private mappings get no NUMA hint while somebody else refers to them; v5.17, and v5.15.25',
    edits: [passesByUnless(page_count_is(page, ONE))],
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
      'NUMA faults move huge pages by the generic migration: no page lock is taken in the fault; here the migration gives up once the page is isolated',
    edits: takesNoPageLock(),
  },
];
