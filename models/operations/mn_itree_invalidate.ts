import { call, each } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { for_each_interval } from '../../src/kernel/subscriber.js';
import { mn_itree_inv_start_range, umem_mutex_lock } from '../../src/kernel/umem-odp.js';
import { mlx5_ib_invalidate_range } from './mlx5_ib_invalidate_range.js';

/** The interval notifiers that a bracket hits: mm/mmu_notifier.c, v5.15. Every interval covers the whole mm. */
export const mn_itree_invalidate = operation({
  name: 'mn_itree_invalidate',
  from: 'mm/mmu_notifier.c',
  version: 'v5.15',
  takes: ['start', 'count'],
  locals: ['cursor', 'mn'],
  steps: ({ start, count, cursor, mn }) => [
    mn_itree_inv_start_range(start),
    each(for_each_interval(start, cursor, mn), [
      umem_mutex_lock(mn),
      call(mlx5_ib_invalidate_range, { mn, start, count }),
    ]),
  ],
});
