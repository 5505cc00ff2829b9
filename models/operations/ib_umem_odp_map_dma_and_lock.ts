import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { let_ } from '../../src/kernel/range.js';
import { forget_seq, hmm_vma_walk, map_shadow, seq_is_read, this_device } from '../../src/kernel/shadow.js';
import {
  mmu_interval_read_begin,
  mmu_interval_read_retry,
  mmu_interval_wait,
  umem_mutex_lock,
  umem_mutex_unlock,
} from '../../src/kernel/umem-odp.js';

/**
 * A fault of a device that mirrors the page table with an interval notifier: ib_umem_odp_map_dma_and_lock,
 * drivers/infiniband/core/umem_odp.c, v5.10, with hmm_range_fault, mm/hmm.c. `missing` as in tdp_page_fault. Left out:
 * more than one page at a time, the time limit of its retries.
 */
export const ib_umem_odp_map_dma_and_lock = operation({
  name: 'ib_umem_odp_map_dma_and_lock',
  from: 'drivers/infiniband/core/umem_odp.c',
  version: 'v5.10',
  takes: ['addr', 'write'],
  gives: ['missing'],
  locals: ['pfn'],
  steps: ({ addr, write, missing, pfn }) => [
    when(not(seq_is_read()), [mmu_interval_read_begin(this_device()), mmu_interval_wait(this_device())]),
    when(not(hmm_vma_walk(addr, write, pfn)), [let_(missing, number(1)), go_to('out')]),
    umem_mutex_lock(this_device()),
    when(mmu_interval_read_retry(this_device()), [
      umem_mutex_unlock(this_device()),
      forget_seq(),
      go_to('out'),
    ]),
    map_shadow(addr, pfn), // ib_umem_odp_map_dma_single_page
    umem_mutex_unlock(this_device()),
    forget_seq(),
    label('out'),
  ],
});
