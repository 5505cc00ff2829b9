import { MM, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { MARK } from '../machine/observer.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { RULE } from './rules.js';
import { sleeps } from './walk.js';

/**
 * Locks are words. A sleeping reader/writer lock holds a bit a reader, or minus the writer's thread - 1; a spinlock and
 * a page lock hold the owner's thread + 1. Who cannot take a lock waits; fairness between waiters is not modelled.
 */

export function spinLock(m: Machine, t: number, lock: number): number {
  const w = m.words;
  if (w[lock] !== 0) return BLOCKED;
  w[lock] = t + 1;
  const base = m.layout.threadAt(t);
  if (w[base + THREAD.SPIN]++ === 0) m.observer.marked(m, t, MARK.SPINLOCK);
  w[base + THREAD.HELD]++;
  return DONE;
}

export function spinUnlock(m: Machine, t: number, lock: number): number {
  const w = m.words;
  if (w[lock] !== t + 1) {
    m.observer.misused(m, t, 'a spinlock is released by a thread that does not hold it', RULE.LOCKS);
    return DONE;
  }
  w[lock] = 0;
  const base = m.layout.threadAt(t);
  w[base + THREAD.SPIN]--;
  w[base + THREAD.HELD]--;
  return DONE;
}

/** mm->mmap_sem of the mm that `addr` lies in. */
export const mmap_sem = value('mmap_sem', ['addr'], (m, _t, addr) =>
  m.layout.mmAt(addr >> m.layout.pagesShift),
);
/** The anon_vma lock: one for the whole world (docs/fidelity.md). */
export const anon_vma_rwsem = value('anon_vma_rwsem', [], (m) => m.layout.anonVma);
/** i_mmap_rwsem of the file that `page` (a file page) belongs to. */
export const i_mmap_rwsem = value('i_mmap_rwsem', ['index'], (m, _t, index) => m.layout.iMmap + (index >> 2));

export const down_read = verb(
  'down_read',
  ['lock'],
  (m, t, lock) => {
    const w = m.words;
    if (w[lock] < 0) return BLOCKED;
    sleeps(m, t, 'down_read');
    if ((w[lock] & (1 << t)) !== 0)
      m.observer.misused(m, t, 'a lock is taken for reading twice by one thread', RULE.LOCKS);
    w[lock] |= 1 << t;
    w[m.layout.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { sleeps: true, lock: 'share', effect: { does: 'take', resource: 'rwsem', of: 0 } },
);

/** Takes the lock for reading if nobody writes. */
export const down_read_trylock = test(
  'down_read_trylock',
  ['lock'],
  (m, t, lock) => {
    const w = m.words;
    if (w[lock] < 0) return NO;
    w[lock] |= 1 << t;
    w[m.layout.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'rwsem', of: 0 } },
);

export const up_read = verb(
  'up_read',
  ['lock'],
  (m, t, lock) => {
    const w = m.words;
    if (w[lock] < 0 || (w[lock] & (1 << t)) === 0) {
      m.observer.misused(
        m,
        t,
        'a lock is released by a thread that does not hold it for reading',
        RULE.LOCKS,
      );
      return DONE;
    }
    w[lock] &= ~(1 << t);
    w[m.layout.threadAt(t) + THREAD.HELD]--;
    return DONE;
  },
  { lock: 'release', effect: { does: 'release', resource: 'rwsem', of: 0 } },
);

export const down_write = verb(
  'down_write',
  ['lock'],
  (m, t, lock) => {
    const w = m.words;
    if (w[lock] !== 0) return BLOCKED;
    sleeps(m, t, 'down_write');
    w[lock] = -(t + 1);
    w[m.layout.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { sleeps: true, lock: 'take', effect: { does: 'take', resource: 'rwsem', of: 0 } },
);

/** Takes the lock for writing if nobody holds it. */
export const down_write_trylock = test(
  'down_write_trylock',
  ['lock'],
  (m, t, lock) => {
    if (m.words[lock] !== 0) return NO;
    m.words[lock] = -(t + 1);
    m.words[m.layout.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'rwsem', of: 0 } },
);

/** vma_end_write_all: with mmap_lock the locks of single vmas go. */
function endVmaWrites(m: Machine, lock: number): void {
  const { mm, mmSize, geometry } = m.layout;
  if (lock >= mm && lock < mm + geometry.mms * mmSize) m.words[lock + MM.VMA_LOCKED] = 0;
}

export const up_write = verb(
  'up_write',
  ['lock'],
  (m, t, lock) => {
    const w = m.words;
    if (w[lock] !== -(t + 1)) {
      m.observer.misused(
        m,
        t,
        'a lock is released by a thread that does not hold it for writing',
        RULE.LOCKS,
      );
      return DONE;
    }
    w[lock] = 0;
    endVmaWrites(m, lock);
    w[m.layout.threadAt(t) + THREAD.HELD]--;
    return DONE;
  },
  { lock: 'release', effect: { does: 'release', resource: 'rwsem', of: 0 } },
);

export const downgrade_write = verb('downgrade_write', ['lock'], (m, t, lock) => {
  const w = m.words;
  if (w[lock] !== -(t + 1)) {
    m.observer.misused(
      m,
      t,
      'a lock is downgraded by a thread that does not hold it for writing',
      RULE.LOCKS,
    );
    return DONE;
  }
  w[lock] = 1 << t;
  endVmaWrites(m, lock);
  return DONE;
});
