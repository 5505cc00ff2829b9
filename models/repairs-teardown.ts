import { call, go_to, label, not, number, when } from '../src/program/build.js';
import { drop, insert, type Edit } from '../src/program/model.js';
import type { Register } from '../src/program/step.js';
import { tlb_gather_mmu } from '../src/kernel/gather.js';
import { signal_bus } from '../src/kernel/access.js';
import { page_mapping_is } from '../src/kernel/filemap.js';
import { mm_has_blockable, unstable_address_space } from '../src/kernel/oom.js';
import { entry_target, is_migration_entry } from '../src/kernel/entry.js';
import { PageAnon, put_page, unlock_page } from '../src/kernel/page.js';
import { pmd_lock, pmd_none, pmd_unlock, pte_unmap_unlock } from '../src/kernel/pgtable.js';
import { promise_reap, promise_unmap_complete } from '../src/kernel/promise.js';
import { equal, is_zero, let_ } from '../src/kernel/range.js';
import { check_mapping } from '../src/kernel/truncate.js';
import { vma_shared } from '../src/kernel/vma.js';
import { do_fault } from './operations/do_fault.js';
import { mmu_notifier_invalidate_range_end } from './operations/mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './operations/mmu_notifier_invalidate_range_start.js';
import { mmu_notifier_invalidate_range_start_nonblock } from './operations/mmu_notifier_invalidate_range_start_nonblock.js';
import { oom_reap_task_mm } from './operations/oom_reap_task_mm.js';
import { shmem_undo_range } from './operations/shmem_undo_range.js';
import { tlb_finish_mmu } from './operations/tlb_finish_mmu.js';
import { zap_pmd_range } from './operations/zap_pmd_range.js';
import { zap_pte_range } from './operations/zap_pte_range.js';

/** What v4.14 gets wrong, or does not do, when memory is taken away: truncation, the oom reaper. */

const NOTHING = number(0);

const SWAPPED_COPIES =
  'truncation takes private copies that were swapped out or are under migration, and a hole punch what migrates of the file: 5abfd71d936a, v5.18';

const [, , details] = zap_pte_range.takes;
const [entry] = zap_pte_range.locals.filter((r) => r.name === 'entry');

/** A truncation zaps entries that are not present, too; a hole punch those that are the file's own (zap_skip_check_mapping). */
export const swappedCopies: readonly Edit[] = [
  insert(
    zap_pte_range.name,
    'before',
    { callee: 'is_zero', nth: 1 },
    [
      when(equal(details, check_mapping), [
        when(not(is_migration_entry(entry)), [go_to('next')]),
        when(PageAnon(entry_target(entry)), [go_to('next')]),
      ]),
    ],
    SWAPPED_COPIES,
  ),
  drop(zap_pte_range.name, { callee: 'is_zero', nth: 1 }, SWAPPED_COPIES),
];

const WAITS_FOR_CLEARING =
  'a zap that finds no table waits for whoever is clearing the PMD under its lock: v5.13 does so for the page that truncate_cleanup_page unmaps, "mm/thp: unmap_mapping_page() to fix THP truncate_cleanup_page()"';

/** A split of a huge page of a file clears the PMD, then flushes; a zap that passes by meanwhile would return before that flush. */
function waitForClearing(): readonly Edit[] {
  const [addr, pmd] = ['addr', 'pmd'].map((name) => zap_pmd_range.locals.filter((r) => r.name === name)[0]);
  const wait = when(pmd_none(addr), [pmd_lock(addr, pmd), pmd_unlock(pmd)]);
  return [insert(zap_pmd_range.name, 'before', { callee: 'zap_pte_range' }, [wait], WAITS_FOR_CLEARING)];
}

const REAPS =
  'the reaper takes one vma after the other inside brackets, also of an mm with subscribers: after 5ff7091f5a2c, v4.16';
const NONBLOCK = 'the brackets of the reaper may not sleep; a vma that is refused stays: 93065ac753e4, v4.19';

const reap = oom_reap_task_mm;
const of = (name: string): Register => reap.locals.filter((r) => r.name === name)[0];
const range = { start: of('addr'), count: of('pages') };
const zap = { callee: 'zap_pmd_range' };

/** Whatever opens the bracket, here it is closed. */
export const reapsInBrackets: readonly Edit[] = [
  drop(reap.name, { callee: 'mm_has_notifiers' }, REAPS),
  drop(reap.name, { callee: 'promise_reap' }, REAPS),
  drop(reap.name, { callee: 'tlb_gather_fullmm' }, REAPS),
  drop(reap.name, { callee: 'tlb_finish_mmu' }, REAPS),
  insert(
    reap.name,
    'after',
    zap,
    [
      mmu_notifier_invalidate_range_end(range.start, range.count),
      call(tlb_finish_mmu, range),
      promise_unmap_complete(),
    ],
    REAPS,
  ),
];

/** v4.16 to v4.18: not while some subscriber may sleep. */
export const blockingReaper: readonly Edit[] = [
  insert(
    reap.name,
    'before',
    { callee: 'test_bit_MMF_OOM_SKIP' },
    [when(mm_has_blockable(of('start')), [go_to('unlock')])],
    REAPS,
  ),
  insert(
    reap.name,
    'before',
    zap,
    [
      tlb_gather_mmu(range.start),
      mmu_notifier_invalidate_range_start(range.start, range.count),
      promise_reap(range.start, range.count),
    ],
    REAPS,
  ),
];

export const nonblockingReaper: readonly Edit[] = [
  insert(
    reap.name,
    'before',
    zap,
    [
      tlb_gather_mmu(range.start),
      let_(of('refused'), NOTHING), // of the vma before
      call(mmu_notifier_invalidate_range_start_nonblock, { ...range, refused: of('refused') }),
      when(not(is_zero(of('refused'))), [call(tlb_finish_mmu, range), go_to('next')]),
      promise_reap(range.start, range.count),
    ],
    NONBLOCK,
  ),
  insert(reap.name, 'after', zap, [label('next')], NONBLOCK),
];

const STABLE_UNDER_LOCK =
  'a file fault looks whether the mm is being reaped once it holds the page-table lock: before, another thread may copy the page and the reaper take the copy. No kernel read does so';

function stableUnderLock(): readonly Edit[] {
  const [addr, , vma] = do_fault.takes;
  const [fault] = do_fault.gives;
  const [page, cow_page, pte] = ['page', 'cow_page', 'pte'].map(
    (name) => do_fault.locals.filter((r) => r.name === name)[0],
  );
  const leave = [unlock_page(page), put_page(page), let_(fault, signal_bus), go_to('out')];
  const leaveCopy = [unlock_page(page), put_page(page), let_(fault, signal_bus), go_to('out')];
  return [
    insert(
      do_fault.name,
      'after',
      { callee: 'ptep_get', nth: 1 },
      [when(not(vma_shared(vma)), [when(unstable_address_space(addr), [pte_unmap_unlock(pte), ...leave])])],
      STABLE_UNDER_LOCK,
    ),
    insert(
      do_fault.name,
      'after',
      { callee: 'ptep_get', nth: 2 },
      [when(unstable_address_space(addr), [pte_unmap_unlock(pte), put_page(cow_page), ...leaveCopy])],
      STABLE_UNDER_LOCK,
    ),
  ];
}

const PUNCHES_OWN_PAGES =
  'a hole punch looks whether a huge page still is of the file before it zeroes a part of it: a collapse that fails puts the old pages back. 71725ed10c40, v5.7';

function punchesOwnPages(): readonly Edit[] {
  const [page] = shmem_undo_range.locals.filter((r) => r.name === 'page');
  return [
    insert(
      shmem_undo_range.name,
      'before',
      { callee: 'PageTransCompound_partly', nth: 2 },
      [when(not(page_mapping_is(page)), [unlock_page(page), put_page(page), go_to('retry')])],
      PUNCHES_OWN_PAGES,
    ),
  ];
}
/** The reference does not split the huge page, as v5.7 does (models/history/teardown.ts). */
export const punchOfOwnPages = punchesOwnPages();

export const teardownRepairs: readonly Edit[] = [
  ...swappedCopies,
  ...reapsInBrackets,
  ...blockingReaper,
  ...stableUnderLock(),
  ...waitForClearing(),
  ...punchOfOwnPages,
];
