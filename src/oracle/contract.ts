import { THREAD } from '../machine/layout.js';
import type { Oracle } from './oracle.js';

/**
 * contract: the kernel's own rules of locks, brackets and sleeping. mmu_notifier_invalidate_range_start/end in pairs
 * and never under a spinlock, every lock released once by its owner (include/linux/mmu_notifier.h, v4.14).
 */
export const contract: Oracle = {
  name: 'contract',
  about: 'brackets balance, locks are released once by their owner, nothing sleeps under a spinlock',
  misused(l, t, rule) {
    l.fail('contract', t, -1, rule);
  },
  returned(l, t) {
    const base = l.m.layout.threadAt(t);
    const w = l.m.words;
    if (w[base + THREAD.RANGES] !== 0)
      l.fail('contract', t, -1, 'an operation returns with an open mmu_notifier range');
    if (w[base + THREAD.HELD] !== 0) l.fail('contract', t, -1, 'an operation returns with a lock held');
    if (w[base + THREAD.GATHER_FLAGS] !== 0)
      l.fail('contract', t, -1, 'an operation returns with an open mmu_gather');
  },
};
