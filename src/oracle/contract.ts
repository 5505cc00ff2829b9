import { DEVICE, THREAD } from '../machine/layout.js';
import { MARK } from '../machine/observer.js';
import { RULE } from '../kernel/rules.js';
import { STATE } from '../kernel/subscriber.js';
import { changedOutside, owesAtReturn, paid } from './brackets.js';
import { breach } from './breach.js';
import type { Judge } from './judge.js';
import type { Oracle } from './oracle.js';

/**
 * contract: the kernel's own rules of locks, brackets, callbacks and sleeping (kernel/rules says where each is written).
 * Wider, repeated or later invalidations and a bracket around nothing are legal. It does not look at what agents see.
 */
export const contract: Oracle = {
  name: 'contract',
  about:
    'brackets balance and hold every change that start/end subscribers rely on, callbacks run for who is there, locks are released once by their owner, nothing sleeps where it may not',
  misused: (l, t, what, rule, other) => breach(l, t, -1, what, rule, other),
  changed: changedOutside,
  invalidated: paid,
  returned(l, t) {
    const base = l.m.layout.threadAt(t);
    const w = l.m.words;
    if (w[base + THREAD.RANGES] !== 0)
      breach(l, t, -1, 'an operation returns with an open mmu_notifier range', RULE.PAIRED, MARK.START);
    unendedStarts(l, t);
    owesAtReturn(l, t);
    if (w[base + THREAD.HELD] !== 0)
      breach(l, t, -1, 'an operation returns with a lock held', RULE.LOCKS, MARK.SPINLOCK);
    if (w[base + THREAD.GATHER_FLAGS] !== 0)
      l.fail('contract', t, -1, 'an operation returns with an open mmu_gather');
  },
};

/** Every subscriber that took a start of thread t has been told its end. */
function unendedStarts(l: Judge, t: number): void {
  const { layout: L, words: w } = l.m;
  for (let d = 0; d < L.geometry.devices; d++) {
    const at = L.deviceAt(d);
    if (((w[at + DEVICE.STARTED] >>> (4 * t)) & 15) === 0 || (w[at + DEVICE.STATE] & STATE.LISTED) === 0)
      continue;
    breach(
      l,
      t,
      -1,
      `an operation returns, and subscriber ${d} took a range_start that nothing ended`,
      RULE.PAIRED,
      MARK.START,
    );
  }
}
