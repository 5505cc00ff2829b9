import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { hlist_del_init_rcu, ib_umem_notifier_release } from '../../src/kernel/bind.js';
import { TASK_SIZE } from '../../src/kernel/mm.js';
import {
  srcu_read_lock,
  srcu_read_unlock,
  synchronize_srcu,
  synchronize_srcu_begin,
} from '../../src/kernel/srcu.js';
import { for_each_interval, for_each_listed, has_itree } from '../../src/kernel/subscriber.js';
import { mn_itree_inv_end } from '../../src/kernel/umem-odp.js';
import { mn_itree_invalidate } from './mn_itree_invalidate.js';
import { release_callback } from './mmu_notifier_unregister.js';

/**
 * The first thing that exit_mmap does: every subscriber of the mm of `addr` (its first address) is told that it is over,
 * and the list is emptied. mm/mmu_notifier.c, v4.14; the intervals as in v5.15. That the devices of intervals are
 * served no more is the driver's doing: it finds that the mm has no users (mmget_not_zero).
 */
export const mmu_notifier_release = operation({
  name: 'mmu_notifier_release',
  from: 'mm/mmu_notifier.c',
  takes: ['addr'],
  locals: ['cursor', 'mn'],
  steps: ({ addr, cursor, mn }) => [
    when(has_itree(addr), [
      call(mn_itree_invalidate, { start: addr, count: TASK_SIZE() }), // mn_itree_release
      mn_itree_inv_end(addr),
      each(for_each_interval(addr, cursor, mn), [ib_umem_notifier_release(mn)]),
    ]),
    srcu_read_lock(),
    each(for_each_listed(addr, cursor, mn), [call(release_callback, { mn })]),
    each(for_each_listed(addr, cursor, mn), [hlist_del_init_rcu(mn)]),
    srcu_read_unlock(),
    synchronize_srcu_begin(),
    synchronize_srcu(),
  ],
});
