import { operation } from '../../src/program/operation.js';
import {
  ib_umem_odp_unmap_dma_pages,
  mmu_interval_set_seq,
  umem_mutex_unlock,
} from '../../src/kernel/umem-odp.js';

/**
 * The callback of an interval notifier, from where it has its mutex on (mutex_lock, or mutex_trylock where it may not
 * sleep): drivers/infiniband/hw/mlx5/odp.c, v5.10. Left out: how the device is told, in blocks.
 */
export const mlx5_ib_invalidate_range = operation({
  name: 'mlx5_ib_invalidate_range',
  from: 'drivers/infiniband/hw/mlx5/odp.c',
  version: 'v5.10',
  takes: ['mn', 'start', 'count'],
  steps: ({ mn, start, count }) => [
    mmu_interval_set_seq(mn),
    ib_umem_odp_unmap_dma_pages(mn, start, count),
    umem_mutex_unlock(mn),
  ],
});
