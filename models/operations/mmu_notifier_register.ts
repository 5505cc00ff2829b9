import { call, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  device_enable,
  driver_lock,
  driver_unlock,
  hlist_add_head_rcu,
  is_registered,
  is_unregistered,
  mmu_interval_insert,
  mn_mm,
} from '../../src/kernel/bind.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { ops_are_interval } from '../../src/kernel/subscriber.js';

/**
 * A subscription begins: mm/mmu_notifier.c, v4.14. mmap_sem and every rmap lock are taken, so that no bracket is open.
 */
export const mmu_notifier_register = operation({
  name: 'mmu_notifier_register',
  from: 'mm/mmu_notifier.c',
  takes: ['mn'],
  steps: ({ mn }) => [down_write(mmap_sem(mn_mm(mn))), hlist_add_head_rcu(mn), up_write(mmap_sem(mn_mm(mn)))],
});

/**
 * The same for an interval. mm/mmu_notifier.c, v5.15. Left out: mmu_notifier_register(NULL), which takes the locks for the
 * first one of an mm: devices are bound when a case begins, so none is the first.
 */
export const mmu_interval_notifier_insert = operation({
  name: 'mmu_interval_notifier_insert',
  from: 'mm/mmu_notifier.c',
  version: 'v5.15',
  takes: ['mn'],
  steps: ({ mn }) => [
    mmu_interval_insert(mn_mm(mn), mn),
  ],
});

/** A driver binds a device that is not bound; from then on it is served. After amd_iommu_bind_pasid, v4.14. */
export const bind_device = operation({
  name: 'bind_device',
  from: 'driver',
  takes: ['mn'],
  steps: ({ mn }) => [
    driver_lock(mn),
    when(is_unregistered(mn), [
      when(
        ops_are_interval(mn),
        [call(mmu_interval_notifier_insert, { mn })],
        [call(mmu_notifier_register, { mn })],
      ),
      when(is_registered(mn), [device_enable(mn)]), // unless it was refused
    ]),
    driver_unlock(mn),
  ],
});
