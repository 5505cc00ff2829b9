import { DEVICE, MM, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { choiceBit } from './choice.js';
import { RULE } from './rules.js';
import { isInFlight, moveSeq, zapShadow } from './shadow-entries.js';
import { calledBack, ITREE, SEQ, STATE, SUBSCRIBER } from './subscriber.js';
import { sleeps } from './walk.js';

/**
 * The steps of a driver that mirrors the page table under a mutex: drivers/infiniband/core/umem_odp.c, v4.12 (brackets
 * and invalidate_page) and v5.10 (interval notifier), and mm/mmu_notifier.c, v5.15, for the interval's sequence.
 */

const P = { private: true } as const;
const recordOf = (m: Machine, mn: number): number => m.layout.deviceAt(mn);
const WOULD_BLOCK = choiceBit('notifier-would-block');

function take(m: Machine, t: number, at: number): void {
  m.words[at] = t + 1;
  m.words[m.layout.threadAt(t) + THREAD.HELD]++;
}

export const umem_mutex_lock = verb(
  'mutex_lock',
  ['mn'],
  (m, t, mn) => {
    const at = recordOf(m, mn) + DEVICE.LOCK;
    if (m.words[at] !== 0) return BLOCKED;
    // that it may be called under a spinlock is looked for where it runs: v4.12 does so (invalidate_page)
    sleeps(m, t, 'mutex_lock');
    take(m, t, at);
    return DONE;
  },
  { lock: 'take', effect: { does: 'take', resource: 'umem_mutex', of: 0 } },
);
/** In a start that may not block. NO when the mutex is held, or when the case says so: the start is refused then. */
export const umem_mutex_trylock = test(
  'mutex_trylock',
  ['mn'],
  (m, t, mn) => {
    const at = recordOf(m, mn) + DEVICE.LOCK;
    if (m.words[at] !== 0 || (m.words[m.layout.threadAt(t) + THREAD.CHOICES] & WOULD_BLOCK) !== 0) return NO;
    take(m, t, at);
    return DONE;
  },
  { effect: { does: 'take', resource: 'umem_mutex', of: 0 } },
);
export const umem_mutex_unlock = verb(
  'mutex_unlock',
  ['mn'],
  (m, t, mn) => {
    const at = recordOf(m, mn) + DEVICE.LOCK;
    if (m.words[at] !== t + 1) {
      m.observer.misused(m, t, 'a mutex is released by a thread that does not hold it', RULE.LOCKS);
      return DONE;
    }
    m.words[at] = 0;
    m.words[m.layout.threadAt(t) + THREAD.HELD]--;
    return DONE;
  },
  { lock: 'release', effect: { does: 'release', resource: 'umem_mutex', of: 0 } },
);

/** The mirror loses the range; what was written through it is dirty. */
export const ib_umem_odp_unmap_dma_pages = verb(
  'ib_umem_odp_unmap_dma_pages',
  ['mn', 'start', 'count'],
  (m, _t, mn, start, count) => {
    if (isInFlight(m, mn, start, count)) return BLOCKED; // the device has been told, and answers when writes have landed
    zapShadow(m, mn, start, count);
    return DONE;
  },
);

// the sequence of interval notifiers

const itree = (m: Machine, addr: number): number => m.layout.mmAt(addr >> m.layout.pagesShift) + MM.ITREE;

/** One more invalidation is in progress; if an interval is hit, the sequence of the mm is odd from here on. */
export const mn_itree_inv_start_range = verb('mn_itree_inv_start_range', ['addr'], (m, _t, addr) => {
  const at = itree(m, addr);
  m.words[at] += ITREE.ACTIVE;
  const mm = addr >> m.layout.pagesShift;
  for (let d = 0; d < m.layout.geometry.devices; d++) {
    const r = m.layout.deviceAt(d);
    if (m.words[r + DEVICE.MM] === mm && m.words[r + DEVICE.KIND] === SUBSCRIBER.INTERVAL && listed(m, d))
      m.words[at] |= ITREE.INVALIDATING;
  }
  return DONE;
});

const listed = (m: Machine, d: number): boolean =>
  (m.words[recordOf(m, d) + DEVICE.STATE] & STATE.LISTED) !== 0;

/** The last invalidation in progress ends the odd sequence: waiting readers go on, waiting changes of the tree are made. */
export const mn_itree_inv_end = verb('mn_itree_inv_end', ['addr'], (m, t, addr) => {
  const at = itree(m, addr);
  if (m.words[at] < ITREE.ACTIVE) {
    m.observer.misused(m, t, 'an invalidation of intervals ends that has not started', RULE.PAIRED);
    return DONE;
  }
  m.words[at] -= ITREE.ACTIVE;
  if (m.words[at] !== (ITREE.HAS | ITREE.INVALIDATING)) return DONE;
  m.words[at] = ITREE.HAS;
  const mm = addr >> m.layout.pagesShift;
  for (let d = 0; d < m.layout.geometry.devices; d++) {
    const r = m.layout.deviceAt(d);
    if (m.words[r + DEVICE.MM] !== mm) continue;
    const seq = m.words[r + DEVICE.SEQ] & SEQ.MASK;
    m.words[r + DEVICE.SEQ] = seq === SEQ.WAITING ? SEQ.READ : seq;
    const state = m.words[r + DEVICE.STATE];
    if ((state & STATE.COMING) !== 0) m.words[r + DEVICE.STATE] = (state & ~STATE.COMING) | STATE.LISTED;
    if ((state & STATE.LEAVING) !== 0)
      m.words[r + DEVICE.STATE] = state & ~(STATE.LEAVING | STATE.COMING | STATE.LISTED);
  }
  return DONE;
});

/** interval_sub->invalidate_seq = the odd one of the mm; the driver's lock is held. */
export const mmu_interval_set_seq = verb(
  'mmu_interval_set_seq',
  ['mn'],
  (m, t, mn) => {
    calledBack(m, t, mn, 'invalidate');
    const at = recordOf(m, mn) + DEVICE.SEQ;
    if ((m.words[at] & SEQ.CURRENT) !== 0) return DONE;
    moveSeq(m, mn);
    m.words[at] |= SEQ.CURRENT;
    return DONE;
  },
  P,
);

/** Reads the interval's sequence; {@link mmu_interval_wait} waits if it is the odd one of the mm. */
export const mmu_interval_read_begin = verb('mmu_interval_read_begin', ['mn'], (m, _t, mn) => {
  const at = recordOf(m, mn) + DEVICE.SEQ;
  const current = m.words[at] & SEQ.CURRENT;
  m.words[at] = current | (current !== 0 ? SEQ.WAITING : SEQ.READ);
  return DONE;
});
export const mmu_interval_wait = verb('wait_event', ['mn'], (m, _t, mn) =>
  (m.words[recordOf(m, mn) + DEVICE.SEQ] & SEQ.MASK) === SEQ.WAITING ? BLOCKED : DONE,
);
/** The interval's sequence is another than the one that was read. The driver's lock is held. */
export const mmu_interval_read_retry = test(
  'mmu_interval_read_retry',
  ['mn'],
  (m, _t, mn) => {
    const r = recordOf(m, mn);
    return (m.words[r + DEVICE.SEQ] & SEQ.MASK) !== SEQ.READ ||
      (m.words[r + DEVICE.STATE] & STATE.BOUND) === 0
      ? DONE
      : NO;
  },
  P,
);
