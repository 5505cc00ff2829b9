import { DEVICE, MM } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { MARK } from '../machine/observer.js';
import { test } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { RULE } from './rules.js';

/**
 * Who listens on an mm, and how: struct mmu_notifier, include/linux/mmu_notifier.h, v4.14, and struct
 * mmu_interval_notifier, v5.7. Each device thread of a case is one subscriber; `mn` is its number among the devices.
 */

/** How a device follows the page table. */
export const SUBSCRIBER = {
  /** Its TLB is filled by hardware; it hears invalidate_range. */
  SVA: 0,
  /** A shadow page table that a driver fills; range_start, range_end and change_pte under a spinlock. */
  KVM: 1,
  /** A mirror that a driver fills; an interval notifier with a sequence count, under a mutex. */
  INTERVAL: 2,
  /** A mirror that a driver fills; range_start, range_end and (up to v4.12) invalidate_page under a mutex. */
  LEGACY: 3,
  /** No subscriber at all: its driver has pinned the page, and the device accesses the frame. */
  PIN: 4,
} as const;

export const STATE = {
  /** On the list of the mm, or in its interval tree. */
  LISTED: 1,
  /** The device may be used: its driver serves it. */
  BOUND: 2,
  /** Unregistered, and its memory given back: no callback may run. */
  GONE: 4,
  /** mmu_interval_notifier_remove came while the tree may not change: the end of the invalidation removes it. */
  LEAVING: 8,
  /** The same for mmu_interval_notifier_insert. */
  COMING: 16,
  /** It has the callbacks of brackets beside that of secondary TLBs. */
  BOTH: 32,
} as const;

/**
 * DEVICE.SEQ. The kernel counts without bound; only the device's own fault ever compares, and only with what it read
 * itself. So what matters of the count is: has somebody read it, and has it moved since.
 */
export const SEQ = {
  IDLE: 0,
  READ: 1,
  MOVED: 2,
  WAITING: 3,
  MASK: 3,
  /** it is the current odd one of its mm */ CURRENT: 4,
} as const;

export const ITREE = { HAS: 1, INVALIDATING: 2, ACTIVE: 4 } as const;

const P = { private: true } as const;
const yes = (holds: boolean): number => (holds ? DONE : NO);

export const kindOf = (m: Machine, mn: number): number => m.words[m.layout.deviceAt(mn) + DEVICE.KIND];

/**
 * Somebody listens to brackets over the mm of `addr`. Read together with the step before it: register takes every lock
 * under which brackets are opened, so the answer holds for the whole bracket.
 */
export const mm_has_notifiers = test('mm_has_notifiers', ['addr'], hasNotifiers, {
  private: true,
  aside: true,
});
/** The same before a start that may not block: what comes of it matters to the caller. */
export const mm_may_refuse = test('mm_has_notifiers', ['addr'], hasNotifiers, P);

function hasNotifiers(m: Machine, _t: number, addr: number): number {
  const at = m.layout.mmAt(addr >> m.layout.pagesShift);
  return yes((m.words[at + MM.NOTIFIERS] | m.words[at + MM.ITREE]) !== 0);
}

/** Interval notifiers have been used on the mm (subscriptions->has_itree); never taken back. */
export const has_itree = test(
  'has_itree',
  ['addr'],
  (m, _t, addr) => yes((m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.ITREE] & ITREE.HAS) !== 0),
  P,
);

/** True when device d is on the list, or in the tree, of the mm. */
function isListed(m: Machine, d: number, mm: number): boolean {
  const at = m.layout.deviceAt(d);
  return m.words[at + DEVICE.MM] === mm && (m.words[at + DEVICE.STATE] & STATE.LISTED) !== 0;
}

function next(m: Machine, addr: number, cursor: number, out: number, kinds: number): number {
  const mm = addr >> m.layout.pagesShift;
  for (let d = m.words[cursor]; d < m.layout.geometry.devices; d++) {
    if (!isListed(m, d, mm) || (kinds & (1 << kindOf(m, d))) === 0) continue;
    m.words[out] = d;
    m.words[cursor] = d + 1;
    return DONE;
  }
  m.words[cursor] = 0;
  return NO;
}

const START_END = (1 << SUBSCRIBER.KVM) | (1 << SUBSCRIBER.LEGACY);
const LIST = START_END | (1 << SUBSCRIBER.SVA);

/** The next subscriber on the list of the mm that has the callbacks of brackets; `mn` is its number. */
export const for_each_notifier = test(
  'hlist_for_each_entry_rcu',
  ['addr', '>cursor', '>mn'],
  (m, _t, addr, cursor, out) => next(m, addr, cursor, out, START_END),
  P,
);
/** The next one that has taken a start of this thread. */
export const for_each_started = test(
  'hlist_for_each_entry_rcu',
  ['addr', '>cursor', '>mn'],
  (m, t, addr, cursor, out) => {
    let found = next(m, addr, cursor, out, START_END);
    while (found === DONE && !hasStarted(m, t, m.words[out])) found = next(m, addr, cursor, out, START_END);
    return found;
  },
  P,
);
const hasStarted = (m: Machine, t: number, mn: number): boolean =>
  ((m.words[m.layout.deviceAt(mn) + DEVICE.STARTED] >>> (4 * t)) & 15) !== 0;

/** The next subscriber on the list of the mm, of any kind. */
export const for_each_listed = test(
  'hlist_for_each_entry_rcu',
  ['addr', '>cursor', '>mn'],
  (m, _t, addr, cursor, out) => next(m, addr, cursor, out, LIST),
  P,
);
/** The next subscriber with change_pte. */
export const for_each_change_pte = test(
  'hlist_for_each_entry_rcu',
  ['addr', '>cursor', '>mn'],
  (m, _t, addr, cursor, out) => next(m, addr, cursor, out, 1 << SUBSCRIBER.KVM),
  P,
);
/** The next interval notifier of the mm; every interval covers the whole mm. */
export const for_each_interval = test(
  'interval_tree_iter_next',
  ['addr', '>cursor', '>mn'],
  (m, _t, addr, cursor, out) => next(m, addr, cursor, out, 1 << SUBSCRIBER.INTERVAL),
  P,
);

export const ops_are_kvm = test(
  'ops_are_kvm',
  ['mn'],
  (m, _t, mn) => yes(kindOf(m, mn) === SUBSCRIBER.KVM),
  P,
);
export const ops_are_interval = test(
  'ops_are_interval',
  ['mn'],
  (m, _t, mn) => yes(kindOf(m, mn) === SUBSCRIBER.INTERVAL),
  P,
);
export const ops_are_secondary_tlb = test(
  'ops_are_secondary_tlb',
  ['mn'],
  (m, _t, mn) => yes(kindOf(m, mn) === SUBSCRIBER.SVA),
  P,
);

/** A callback runs: wrong when its subscriber is gone. */
export function calledBack(m: Machine, t: number, mn: number, what: string): void {
  if ((m.words[m.layout.deviceAt(mn) + DEVICE.STATE] & STATE.GONE) !== 0)
    m.observer.misused(
      m,
      t,
      `${what} of subscriber ${mn} runs after it was unregistered`,
      RULE.GONE,
      MARK.UNREGISTERED,
    );
}
