import { THREAD } from '../machine/layout.js';
import { verb } from '../machine/verb.js';
import { BLOCKED, DONE } from '../program/primitive.js';

/** The one SRCU domain of mm/mmu_notifier.c, v4.14: who walks a list of subscribers is in a read section. */

export const srcu_read_lock = verb(
  'srcu_read_lock',
  [],
  (m, t) => {
    m.words[m.layout.srcu] |= 1 << t;
    return DONE;
  },
  { effect: { does: 'take', resource: 'srcu' } },
);

/** The section ends; whoever waits for it waits for one less. */
export const srcu_read_unlock = verb(
  'srcu_read_unlock',
  [],
  (m, t) => {
    m.words[m.layout.srcu] &= ~(1 << t);
    for (let u = 0; u < m.layout.threads; u++) m.words[m.layout.threadAt(u) + THREAD.GRACE] &= ~(1 << t);
    return DONE;
  },
  { effect: { does: 'release', resource: 'srcu' } },
);

/** A grace period begins: the sections that are open now. */
export const synchronize_srcu_begin = verb('srcu_advance_batches', [], (m, t) => {
  m.words[m.layout.threadAt(t) + THREAD.GRACE] = m.words[m.layout.srcu] & ~(1 << t);
  return DONE;
});

/** It ends when those have ended; newer ones do not count. */
export const synchronize_srcu = verb(
  'synchronize_srcu',
  [],
  (m, t) => (m.words[m.layout.threadAt(t) + THREAD.GRACE] === 0 ? DONE : BLOCKED),
  { sleeps: true },
);
