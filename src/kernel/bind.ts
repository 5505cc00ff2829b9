import { DEVICE, MM, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { MARK } from '../machine/observer.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { dropAll } from './cpu-tlb.js';
import { RULE } from './rules.js';
import { zapShadow } from './shadow-entries.js';
import { calledBack, ITREE, kindOf, SEQ, STATE, SUBSCRIBER } from './subscriber.js';
import { rmapLocksFree } from './vma.js';

/**
 * Subscribers come and go: mm/mmu_notifier.c, v4.14 and (intervals) v5.15; what drivers do around it after
 * drivers/iommu/amd_iommu_v2.c, v4.14, and drivers/infiniband/core/umem_odp.c, v5.10.
 */

const P = { private: true } as const;
const yes = (holds: boolean): number => (holds ? DONE : NO);
const recordOf = (m: Machine, mn: number): number => m.layout.deviceAt(mn);
const stateOf = (m: Machine, mn: number): number => m.words[recordOf(m, mn) + DEVICE.STATE];
const setState = (m: Machine, mn: number, state: number): void => {
  m.words[recordOf(m, mn) + DEVICE.STATE] = state;
};

/** First address of the mm that the subscriber is about. */
export const mn_mm = value(
  'mn_mm',
  ['mn'],
  (m, _t, mn) => m.words[recordOf(m, mn) + DEVICE.MM] << m.layout.pagesShift,
);

/** Binding and unbinding of a device are one at a time (the driver's own lock). */
export const driver_lock = verb(
  'mutex_lock',
  ['mn'],
  (m, t, mn) => {
    const at = recordOf(m, mn) + DEVICE.BINDER;
    if (m.words[at] !== 0) return BLOCKED;
    m.words[at] = t + 1;
    m.words[m.layout.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'driver_lock', of: 0 } },
);
export const driver_unlock = verb(
  'mutex_unlock',
  ['mn'],
  (m, t, mn) => {
    m.words[recordOf(m, mn) + DEVICE.BINDER] = 0;
    m.words[m.layout.threadAt(t) + THREAD.HELD]--;
    return DONE;
  },
  { effect: { does: 'release', resource: 'driver_lock', of: 0 } },
);

/** The driver has bound the device and not unbound it. Looked at under the driver's lock. */
export const is_registered = test(
  'is_registered',
  ['mn'],
  (m, _t, mn) => yes((stateOf(m, mn) & (STATE.LISTED | STATE.COMING)) !== 0),
  P,
);
export const is_unregistered = test(
  'is_unregistered',
  ['mn'],
  (m, _t, mn) => yes((stateOf(m, mn) & STATE.GONE) !== 0),
  P,
);

/** The count of an mm's subscribers that have the callbacks of brackets. */
function count(m: Machine, mn: number, by: number): void {
  const kind = kindOf(m, mn);
  if (kind === SUBSCRIBER.KVM || kind === SUBSCRIBER.LEGACY)
    m.words[m.layout.mmAt(m.words[recordOf(m, mn) + DEVICE.MM]) + MM.NOTIFIERS] += by;
}

/**
 * A new subscription begins with nothing. A fault that was served under the last one may still be on its way: it must
 * try again.
 */
function begin(m: Machine, mn: number, state: number): void {
  const at = recordOf(m, mn);
  m.words[at + DEVICE.COUNT] = 0;
  m.words[at + DEVICE.SEQ] = (m.words[at + DEVICE.SEQ] & SEQ.MASK) === SEQ.IDLE ? SEQ.IDLE : SEQ.MOVED;
  m.words[at + DEVICE.STARTED] = 0;
  setState(m, mn, state);
}

function allRmapLocksFree(m: Machine, addr: number): boolean {
  const first = addr & ~(m.layout.pages - 1);
  return rmapLocksFree(m, first, m.layout.pages) && m.words[m.layout.hugetlbMmap] === 0;
}

/**
 * mm_take_all_locks, hlist_add_head_rcu, mm_drop_all_locks: mmap_sem is held for writing, and nobody holds an rmap lock
 * of the mm, so no bracket is open while the list grows. One step, which waits for the last lock.
 */
export const hlist_add_head_rcu = verb('hlist_add_head_rcu', ['mn'], (m, _t, mn) => {
  if (!allRmapLocksFree(m, m.words[recordOf(m, mn) + DEVICE.MM] << m.layout.pagesShift)) return BLOCKED;
  begin(m, mn, STATE.LISTED);
  count(m, mn, 1);
  return DONE;
});

/** An invalidation in progress may be one of the interval: its first reader waits for the end. */
export const mmu_interval_insert = verb(
  '__mmu_interval_notifier_insert',
  ['addr', 'mn'],
  (m, _t, addr, mn) => {
    const at = m.layout.mmAt(addr >> m.layout.pagesShift) + MM.ITREE;
    const invalidating = (m.words[at] & ITREE.INVALIDATING) !== 0;
    begin(m, mn, invalidating ? STATE.COMING : STATE.LISTED);
    if (m.words[at] >= ITREE.ACTIVE) {
      m.words[at] |= ITREE.INVALIDATING;
      m.words[recordOf(m, mn) + DEVICE.SEQ] |= SEQ.CURRENT;
    }
    return DONE;
  },
);

/** The device may be used. */
export const device_enable = verb('device_enable', ['mn'], (m, _t, mn) => {
  setState(m, mn, stateOf(m, mn) | STATE.BOUND);
  return DONE;
});

/** mn->hlist is on a list: nobody, mmu_notifier_release included, has taken it off. */
export const hlist_hashed = test('hlist_hashed', ['mn'], (m, _t, mn) =>
  yes((stateOf(m, mn) & STATE.LISTED) !== 0),
);

/** Off the list; who walks it now may still be at it. */
export const hlist_del_init_rcu = verb('hlist_del_init_rcu', ['mn'], (m, _t, mn) => {
  if ((stateOf(m, mn) & STATE.LISTED) === 0) return DONE;
  setState(m, mn, stateOf(m, mn) & ~STATE.LISTED);
  count(m, mn, -1);
  return DONE;
});

/** The subscription is given back: no callback may run from here on. */
export const kfree_subscriber = verb('mmdrop', ['mn'], (m, t, mn) => {
  setState(m, mn, (stateOf(m, mn) & ~STATE.BOUND) | STATE.GONE);
  m.observer.marked(m, t, MARK.UNREGISTERED);
  return DONE;
});

/** Out of the tree at once, or, while it may not change, at the end of the invalidation. */
export const mmu_interval_remove = verb('interval_tree_remove', ['addr', 'mn'], (m, _t, addr, mn) => {
  const invalidating =
    (m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.ITREE] & ITREE.INVALIDATING) !== 0;
  const state = stateOf(m, mn);
  if (!invalidating || (state & STATE.COMING) !== 0) setState(m, mn, state & ~(STATE.LISTED | STATE.COMING));
  else setState(m, mn, state | STATE.LEAVING);
  return DONE;
});
export const wait_for_removal = verb('wait_event_removed', ['mn'], (m, _t, mn) =>
  (stateOf(m, mn) & STATE.LEAVING) !== 0 ? BLOCKED : DONE,
);

/** The device's entry in its IOMMU is cleared: walks find nothing any more. */
export const clear_gcr3 = verb('amd_iommu_domain_clear_gcr3', ['mn'], (m, t, mn) => {
  calledBack(m, t, mn, 'release');
  setState(m, mn, stateOf(m, mn) & ~STATE.BOUND);
  return DONE;
});
/** All of the device's translations go, once its writes in flight have landed. */
export const device_flush_all = verb('__amd_iommu_flush_page_all', ['mn'], (m, _t, mn) => {
  if (m.words[recordOf(m, mn) + DEVICE.POST_AT] !== 0) return BLOCKED;
  const u = m.layout.geometry.cpus + mn;
  dropAll(m, u);
  const cache = m.layout.walkCacheAt(u);
  m.words.fill(0, cache, cache + m.layout.pages / 4);
  return DONE;
});

/** Nothing of the shadow is left, and no fault installs anything any more: the driver's lock is free, or our own. */
function flushShadowAll(m: Machine, t: number, mn: number): number {
  const at = recordOf(m, mn);
  const lock = m.words[at + DEVICE.LOCK];
  if ((lock !== 0 && lock !== t + 1) || m.words[at + DEVICE.POST_AT] !== 0) return BLOCKED;
  calledBack(m, t, mn, 'release');
  zapShadow(m, mn, m.words[at + DEVICE.MM] << m.layout.pagesShift, m.layout.pages);
  setState(m, mn, stateOf(m, mn) & ~STATE.BOUND);
  return DONE;
}
export const kvm_arch_flush_shadow_all = verb('kvm_arch_flush_shadow_all', ['mn'], flushShadowAll);
export const ib_umem_notifier_release = verb('ib_umem_notifier_release', ['mn'], flushShadowAll);

/** The driver gives the subscription the callbacks of brackets beside that of secondary TLBs. */
export const set_range_ops = verb(
  'set_range_ops',
  ['mn'],
  (m, _t, mn) => {
    setState(m, mn, stateOf(m, mn) | STATE.BOTH);
    return DONE;
  },
  P,
);

/** The check of __mmu_notifier_register from v6.6: it warns. */
export const ops_are_both = test(
  'WARN_ON_ONCE_ops_are_both',
  ['mn'],
  (m, t, mn) => {
    if ((stateOf(m, mn) & STATE.BOTH) === 0) return NO;
    m.observer.misused(
      m,
      t,
      `subscriber ${mn} registers arch_invalidate_secondary_tlbs and invalidate_range_start together`,
      RULE.BOTH,
    );
    return DONE;
  },
  P,
);
