import { DEVICE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { PTE } from './entry.js';
import { spinLock, spinUnlock } from './locks.js';
import { RULE } from './rules.js';
import { isInFlight, moveSeq, zapShadow } from './shadow-entries.js';
import { calledBack, SEQ, STATE } from './subscriber.js';

/**
 * The steps of a subscriber that follows brackets with a count and a sequence: virt/kvm/kvm_main.c, v4.14. `mn` is the
 * subscriber. Its lock is held where the C holds it; what it does under the lock to words that are only looked at under
 * the lock joins the step before.
 */

const P = { private: true } as const;
const recordOf = (m: Machine, mn: number): number => m.layout.deviceAt(mn);

export const kvm_mmu_lock = verb(
  'kvm_mmu_lock',
  ['mn'],
  (m, t, mn) => spinLock(m, t, recordOf(m, mn) + DEVICE.LOCK),
  { lock: 'take', effect: { does: 'take', resource: 'mmu_lock', of: 0 } },
);
export const kvm_mmu_unlock = verb(
  'kvm_mmu_unlock',
  ['mn'],
  (m, t, mn) => spinUnlock(m, t, recordOf(m, mn) + DEVICE.LOCK),
  { lock: 'release', effect: { does: 'release', resource: 'mmu_lock', of: 0 } },
);

/** The subscriber takes a range_start of thread t: 4 bits a thread, at most 15 are open. */
export function noteStart(m: Machine, t: number, mn: number): void {
  m.words[recordOf(m, mn) + DEVICE.STARTED] += 1 << (4 * t);
}

/** It takes the range_end; wrong if it has not taken the start. */
export function noteEnd(m: Machine, t: number, mn: number): void {
  const at = recordOf(m, mn) + DEVICE.STARTED;
  if (((m.words[at] >>> (4 * t)) & 15) === 0)
    m.observer.misused(
      m,
      t,
      `range_end reaches subscriber ${mn}, which has not taken the range_start`,
      RULE.REFUSED,
    );
  else m.words[at] -= 1 << (4 * t);
}

/** mmu_notifier_count++: from here on no fault installs anything. */
export const mmu_notifier_count_inc = verb(
  'mmu_notifier_count_inc',
  ['mn'],
  (m, t, mn) => {
    calledBack(m, t, mn, 'invalidate_range_start');
    m.words[recordOf(m, mn) + DEVICE.COUNT]++;
    noteStart(m, t, mn);
    return DONE;
  },
  P,
);

/** mmu_notifier_seq++, then mmu_notifier_count--: faults that began before must try again. */
export const mmu_notifier_count_dec = verb(
  'mmu_notifier_count_dec',
  ['mn'],
  (m, t, mn) => {
    calledBack(m, t, mn, 'invalidate_range_end');
    moveSeq(m, mn);
    noteEnd(m, t, mn);
    const at = recordOf(m, mn) + DEVICE.COUNT;
    if (m.words[at] > 0) m.words[at]--;
    else
      m.observer.misused(m, t, `the count of invalidations of subscriber ${mn} falls below 0`, RULE.PAIRED);
    return DONE;
  },
  P,
);

/** mmu_notifier_seq++ alone: invalidate_page and change_pte. */
export const mmu_notifier_seq_inc = verb(
  'mmu_notifier_seq_inc',
  ['mn'],
  (m, t, mn) => {
    calledBack(m, t, mn, 'a callback');
    moveSeq(m, mn);
    return DONE;
  },
  P,
);

/** The shadow entries of the range go. */
export const kvm_unmap_hva_range = verb(
  'kvm_unmap_hva_range',
  ['mn', 'start', 'count'],
  (m, _t, mn, start, count) => {
    zapShadow(m, mn, start, count);
    return DONE;
  },
);

/** Every vcpu has left the guest: what it wrote through the entries has landed. */
export const kvm_flush_remote_tlbs = verb(
  'kvm_flush_remote_tlbs',
  ['mn', 'start', 'count'],
  (m, _t, mn, start, count) => (isInFlight(m, mn, start, count) ? BLOCKED : DONE),
);

/** change_pte: a read-only entry is replaced by the new one, a writable one goes (kvm_set_pte_rmapp). */
export const kvm_set_spte_hva = verb(
  'kvm_set_spte_hva',
  ['mn', 'addr', 'entry'],
  (m, _t, mn, addr, entry) => {
    const L = m.layout;
    const page = addr & (L.pages - 1);
    const at = L.tlbAt(L.geometry.cpus + mn) + page;
    const there = m.words[at];
    zapShadow(m, mn, addr, 1);
    if (there !== 0 && (there & PTE.WRITE) === 0 && (entry & PTE.WRITE) === 0)
      m.words[at] = entry & ~(PTE.WRITE | PTE.DIRTY | PTE.SOFT_DIRTY | PTE.SPECIAL);
    return DONE;
  },
);

/** mmu_seq = kvm->mmu_notifier_seq; smp_rmb(). */
export const read_mmu_seq = verb('mmu_notifier_seq', ['mn'], (m, _t, mn) => {
  const at = recordOf(m, mn) + DEVICE.SEQ;
  m.words[at] = (m.words[at] & ~SEQ.MASK) | SEQ.READ;
  return DONE;
});

/** mmu_notifier_retry: an invalidation is in progress, or there was one since the count was read. */
export const mmu_notifier_retry = test(
  'mmu_notifier_retry',
  ['mn'],
  (m, _t, mn) => {
    const at = recordOf(m, mn);
    return m.words[at + DEVICE.COUNT] > 0 ||
      (m.words[at + DEVICE.SEQ] & SEQ.MASK) === SEQ.MOVED ||
      (m.words[at + DEVICE.STATE] & STATE.BOUND) === 0
      ? DONE
      : NO;
  },
  P,
);

/** The guest faults again and again while an invalidation is in progress: here it waits for its end. */
export const refault = verb('RET_PF_RETRY', ['mn'], (m, _t, mn) => {
  const at = recordOf(m, mn);
  return m.words[at + DEVICE.COUNT] > 0 && (m.words[at + DEVICE.STATE] & STATE.BOUND) !== 0 ? BLOCKED : DONE;
});
