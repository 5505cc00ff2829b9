import { DEVICE, MM } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { STATE, SUBSCRIBER } from './subscriber.js';
import { EXITING, isHugetlb, VMA_ANON, VMA_FILE_PRIVATE, vmaKind } from './vma.js';

/** The oom killer and its reaper: mm/oom_kill.c and include/linux/oom.h, v4.14. */

/** MM.FLAGS. */
export const MMF = {
  /** The reaper has begun: what faults bring back is not what was there. */
  UNSTABLE: 1,
  /** exit_mmap is past the point where the reaper may work on the mm. */
  OOM_SKIP: 2,
  /** The victim of the oom killer: its threads are being killed. */
  VICTIM: 4,
  /** The reaper, of which there is one, is at work: oom_lock. */
  REAPING: 8,
} as const;

const P = { private: true } as const;
const yes = (holds: boolean): number => (holds ? DONE : NO);
const flagsAt = (m: Machine, addr: number): number => m.layout.mmAt(addr >> m.layout.pagesShift) + MM.FLAGS;
const has = (m: Machine, addr: number, flag: number): boolean => (m.words[flagsAt(m, addr)] & flag) !== 0;

/**
 * The oom killer has chosen the process: mark_oom_victim, and SIGKILL to its threads. NO when no task has the mm any more
 * (find_lock_task_mm, whose task_lock is held meanwhile): exit_mm comes before exit_mmap.
 */
export const mark_oom_victim = test('mark_oom_victim', ['addr'], (m, _t, addr) => {
  if (m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.EXIT] >= EXITING) return NO;
  m.words[flagsAt(m, addr)] |= MMF.VICTIM;
  return DONE;
});

/** There is one reaper, and it holds oom_lock; one for each mm here. */
export const oom_lock = verb(
  'mutex_lock_oom_lock',
  ['addr'],
  (m, _t, addr) => {
    if (has(m, addr, MMF.REAPING)) return BLOCKED;
    m.words[flagsAt(m, addr)] |= MMF.REAPING;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'mutex', of: 0 } },
);
export const oom_unlock = verb(
  'mutex_unlock_oom_lock',
  ['addr'],
  (m, _t, addr) => {
    m.words[flagsAt(m, addr)] &= ~MMF.REAPING;
    return DONE;
  },
  { effect: { does: 'release', resource: 'mutex', of: 0 } },
);
export const mm_is_oom_victim = test('mm_is_oom_victim', ['addr'], (m, _t, addr) =>
  yes(has(m, addr, MMF.VICTIM)),
);
export const set_mmf_oom_skip = verb('set_bit_MMF_OOM_SKIP', ['addr'], (m, _t, addr) => {
  m.words[flagsAt(m, addr)] |= MMF.OOM_SKIP;
  return DONE;
});
export const test_mmf_oom_skip = test('test_bit_MMF_OOM_SKIP', ['addr'], (m, _t, addr) =>
  yes(has(m, addr, MMF.OOM_SKIP)),
);
export const set_mmf_unstable = verb('set_bit_MMF_UNSTABLE', ['addr'], (m, _t, addr) => {
  m.words[flagsAt(m, addr)] |= MMF.UNSTABLE;
  return DONE;
});

/**
 * VM_FAULT_SIGBUS of an mm that the reaper works on. Read under the page-table lock, or right before it is taken: part of
 * the step before it.
 */
export const unstable_address_space = test(
  'check_stable_address_space',
  ['addr'],
  (m, _t, addr) => yes(has(m, addr, MMF.UNSTABLE)),
  P,
);

/** A signal is pending: the process is dying, and forks no more. */
export const fatal_signal_pending = test('fatal_signal_pending', ['addr'], (m, _t, addr) =>
  yes(has(m, addr, MMF.VICTIM)),
);

/** Any subscriber has registered on the mm and not left it: mm->mmu_notifier_mm. */
export const mm_has_subscribers = test('mm_has_notifiers', ['addr'], (m, _t, addr) => {
  const mm = addr >> m.layout.pagesShift;
  for (let d = 0; d < m.layout.geometry.devices; d++) {
    const at = m.layout.deviceAt(d);
    if (m.words[at + DEVICE.MM] === mm && (m.words[at + DEVICE.STATE] & STATE.LISTED) !== 0) return DONE;
  }
  return NO;
});

/** Some subscriber's callbacks of brackets may sleep: mm_has_blockable_invalidate_notifiers, v4.16 to v4.18. */
export const mm_has_blockable = test('mm_has_blockable_invalidate_notifiers', ['addr'], (m, _t, addr) => {
  const mm = addr >> m.layout.pagesShift;
  for (let d = 0; d < m.layout.geometry.devices; d++) {
    const at = m.layout.deviceAt(d);
    if (m.words[at + DEVICE.MM] !== mm || (m.words[at + DEVICE.STATE] & STATE.LISTED) === 0) continue;
    const kind = m.words[at + DEVICE.KIND];
    if (kind === SUBSCRIBER.LEGACY || kind === SUBSCRIBER.INTERVAL) return DONE;
  }
  return NO;
});

/** The reaper takes what is private and no hugetlb page (can_madv_dontneed_vma, VM_SHARED). */
export const isReaped = (vma: number): boolean =>
  !isHugetlb(vma) && (vmaKind(vma) === VMA_ANON || vmaKind(vma) === VMA_FILE_PRIVATE);

export const can_reap_vma = test('can_madv_dontneed_vma', ['vma'], (_m, _t, vma) => yes(isReaped(vma)), P);

/** The reaper has begun on the mm of the address, and takes what the address maps. */
export function isReapedAt(m: Machine, addr: number, vma: number): boolean {
  return has(m, addr, MMF.UNSTABLE) && isReaped(vma);
}
