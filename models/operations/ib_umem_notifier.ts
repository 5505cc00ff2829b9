import { number } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  mmu_notifier_count_dec,
  mmu_notifier_count_inc,
  mmu_notifier_seq_inc,
} from '../../src/kernel/kvm.js';
import {
  ib_umem_odp_unmap_dma_pages,
  umem_mutex_lock,
  umem_mutex_unlock,
} from '../../src/kernel/umem-odp.js';

/**
 * The callbacks of a driver that mirrors the page table with brackets under a mutex, and that has invalidate_page up to
 * v4.12: drivers/infiniband/core/umem_odp.c, v4.12. Left out: the tree of its regions (one covers the mm), umem_rwsem.
 */

const FROM = 'drivers/infiniband/core/umem_odp.c';
const PAGE = number(1);

export const ib_umem_notifier_invalidate_range_start = operation({
  name: 'ib_umem_notifier_invalidate_range_start',
  from: FROM,
  version: 'v4.12',
  takes: ['mn', 'start', 'count'],
  steps: ({ mn, start, count }) => [
    umem_mutex_lock(mn),
    mmu_notifier_count_inc(mn), // ib_umem_notifier_start_account
    ib_umem_odp_unmap_dma_pages(mn, start, count),
    umem_mutex_unlock(mn),
  ],
});

export const ib_umem_notifier_invalidate_range_end = operation({
  name: 'ib_umem_notifier_invalidate_range_end',
  from: FROM,
  version: 'v4.12',
  takes: ['mn'],
  steps: ({ mn }) => [
    umem_mutex_lock(mn),
    mmu_notifier_count_dec(mn), // ib_umem_notifier_end_account
    umem_mutex_unlock(mn),
  ],
});

/** It sleeps: up to v4.10 it was called after the page-table lock was dropped. */
export const ib_umem_notifier_invalidate_page = operation({
  name: 'ib_umem_notifier_invalidate_page',
  from: FROM,
  version: 'v4.12',
  takes: ['mn', 'addr'],
  steps: ({ mn, addr }) => [
    umem_mutex_lock(mn),
    mmu_notifier_seq_inc(mn),
    ib_umem_odp_unmap_dma_pages(mn, addr, PAGE),
    umem_mutex_unlock(mn),
  ],
});
