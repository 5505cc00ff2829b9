import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mmu_notifier_count_inc } from '../../src/kernel/kvm.js';
import { non_block_end, range_refused, range_start_nonblock } from '../../src/kernel/notifier.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { srcu_read_lock, srcu_read_unlock } from '../../src/kernel/srcu.js';
import {
  for_each_interval,
  for_each_notifier,
  for_each_started,
  has_itree,
  mm_may_refuse,
  ops_are_kvm,
} from '../../src/kernel/subscriber.js';
import {
  ib_umem_odp_unmap_dma_pages,
  mn_itree_inv_end,
  mn_itree_inv_start_range,
  umem_mutex_trylock,
  umem_mutex_unlock,
} from '../../src/kernel/umem-odp.js';
import { ib_umem_notifier_invalidate_range_end } from './ib_umem_notifier.js';
import {
  kvm_mmu_notifier_invalidate_range_end,
  kvm_mmu_notifier_invalidate_range_start,
} from './kvm_mmu_notifier.js';
import { mlx5_ib_invalidate_range } from './mlx5_ib_invalidate_range.js';

const EAGAIN = number(1);

/** The interval notifiers of a start that may not block; `refused` is 1 when one of them could not do without sleeping. */
export const mn_itree_invalidate_nonblock = operation({
  name: 'mn_itree_invalidate_nonblock',
  from: 'mm/mmu_notifier.c',
  version: 'v5.15',
  takes: ['start', 'count'],
  gives: ['refused'],
  locals: ['cursor', 'mn'],
  steps: ({ start, count, refused, cursor, mn }) => [
    mn_itree_inv_start_range(start),
    each(for_each_interval(start, cursor, mn), [
      when(not(umem_mutex_trylock(mn)), [let_(refused, EAGAIN), go_to('would_block')]),
      call(mlx5_ib_invalidate_range, { mn, start, count }),
    ]),
    go_to('out'),
    label('would_block'),
    mn_itree_inv_end(start),
    label('out'),
  ],
});

/** A subscriber with brackets under a mutex refuses if it would have to sleep: drivers/infiniband/core/umem_odp.c, v5.0. */
export const ib_umem_notifier_invalidate_range_start_nonblock = operation({
  name: 'ib_umem_notifier_invalidate_range_start_nonblock',
  from: 'drivers/infiniband/core/umem_odp.c',
  version: 'v5.0',
  takes: ['mn', 'start', 'count'],
  gives: ['refused'],
  steps: ({ mn, start, count, refused }) => [
    when(
      umem_mutex_trylock(mn),
      [mmu_notifier_count_inc(mn), ib_umem_odp_unmap_dma_pages(mn, start, count), umem_mutex_unlock(mn)],
      [let_(refused, EAGAIN)],
    ),
  ],
});

/**
 * Opens a bracket whose subscribers may not sleep; `refused` is 1, and there is no bracket, when one of them refused.
 * Those that took the start are told its end then, and nobody else: mm/mmu_notifier.c, v5.15 (c2655835fd8c, v5.12;
 * before it nobody was told).
 */
export const mmu_notifier_invalidate_range_start_nonblock = operation({
  name: 'mmu_notifier_invalidate_range_start_nonblock',
  from: 'include/linux/mmu_notifier.h',
  version: 'v5.15',
  takes: ['start', 'count'],
  gives: ['refused'],
  locals: ['cursor', 'mn'],
  steps: ({ start, count, refused, cursor, mn }) => [
    range_start_nonblock(start, count),
    when(mm_may_refuse(start), [
      when(has_itree(start), [
        call(mn_itree_invalidate_nonblock, { start, count, refused }),
        when(not(is_zero(refused)), [go_to('refused')]),
      ]),
      srcu_read_lock(),
      each(for_each_notifier(start, cursor, mn), [
        when(
          ops_are_kvm(mn),
          [call(kvm_mmu_notifier_invalidate_range_start, { mn, start, count })],
          [call(ib_umem_notifier_invalidate_range_start_nonblock, { mn, start, count, refused })],
        ),
      ]),
      non_block_end(), // around each start alone in the C: an end may sleep
      when(not(is_zero(refused)), [
        each(for_each_started(start, cursor, mn), [
          when(
            ops_are_kvm(mn),
            [call(kvm_mmu_notifier_invalidate_range_end, { mn })],
            [call(ib_umem_notifier_invalidate_range_end, { mn })],
          ),
        ]),
      ]),
      srcu_read_unlock(),
    ]),
    label('refused'),
    non_block_end(),
    when(not(is_zero(refused)), [range_refused(start)]),
  ],
});
