import { call, go_to, label, not, when } from '../src/program/build.js';
import { drop, insert, type Edit } from '../src/program/model.js';
import type { Register } from '../src/program/step.js';
import { tlb_gather_mmu } from '../src/kernel/gather.js';
import { mm_has_blockable } from '../src/kernel/oom.js';
import { promise_reap, promise_unmap_complete } from '../src/kernel/promise.js';
import { equal, is_zero } from '../src/kernel/range.js';
import { check_mapping } from '../src/kernel/truncate.js';
import { mmu_notifier_invalidate_range_end } from './operations/mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './operations/mmu_notifier_invalidate_range_start.js';
import { mmu_notifier_invalidate_range_start_nonblock } from './operations/mmu_notifier_invalidate_range_start_nonblock.js';
import { oom_reap_task_mm } from './operations/oom_reap_task_mm.js';
import { tlb_finish_mmu } from './operations/tlb_finish_mmu.js';
import { zap_pte_range } from './operations/zap_pte_range.js';

/** What v4.14 gets wrong, or does not do, when memory is taken away: truncation, the oom reaper. */

const SWAPPED_COPIES =
  'truncation takes private copies that were swapped out or are under migration: 5abfd71d936a, v5.18';

const [, , details] = zap_pte_range.takes;

/** A truncation zaps entries that are not present, too. */
export const swappedCopies: readonly Edit[] = [
  insert(
    zap_pte_range.name,
    'before',
    { callee: 'is_zero', nth: 1 },
    [when(equal(details, check_mapping), [go_to('next')])],
    SWAPPED_COPIES,
  ),
  drop(zap_pte_range.name, { callee: 'is_zero', nth: 1 }, SWAPPED_COPIES),
];

const REAPS =
  'the reaper takes one vma after the other inside brackets, also of an mm with subscribers: 5ff7091f5a2c, v4.16';
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
      call(mmu_notifier_invalidate_range_start_nonblock, { ...range, refused: of('refused') }),
      when(not(is_zero(of('refused'))), [call(tlb_finish_mmu, range), go_to('next')]),
      promise_reap(range.start, range.count),
    ],
    NONBLOCK,
  ),
  insert(reap.name, 'after', zap, [label('next')], NONBLOCK),
];

export const teardownRepairs: readonly Edit[] = [...swappedCopies, ...reapsInBrackets, ...blockingReaper];
