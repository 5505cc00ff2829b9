import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mmu_notifier_retry, read_mmu_seq, refault } from '../../src/kernel/kvm.js';
import { let_ } from '../../src/kernel/range.js';
import {
  forget_seq,
  hva_to_pfn,
  kvm_release_pfn,
  map_shadow,
  seq_is_read,
  this_device,
} from '../../src/kernel/shadow.js';
import { umem_mutex_lock, umem_mutex_unlock } from '../../src/kernel/umem-odp.js';

/**
 * A fault of a device that mirrors the page table with brackets: pagefault_single_data_segment and
 * ib_umem_odp_map_dma_pages, drivers/infiniband/core/umem_odp.c, v4.12. `missing` as in tdp_page_fault. Left out: more
 * than one page at a time.
 */
export const ib_umem_odp_map_dma_pages = operation({
  name: 'ib_umem_odp_map_dma_pages',
  from: 'drivers/infiniband/core/umem_odp.c',
  version: 'v4.12',
  takes: ['addr', 'write'],
  gives: ['missing'],
  locals: ['page'],
  steps: ({ addr, write, missing, page }) => [
    when(not(seq_is_read()), [read_mmu_seq(this_device())]), // current_seq = notifiers_seq; smp_rmb()
    when(not(hva_to_pfn(addr, write, page)), [let_(missing, number(1)), go_to('out')]), // get_user_pages_remote
    umem_mutex_lock(this_device()),
    when(mmu_notifier_retry(this_device()), [
      umem_mutex_unlock(this_device()), // ib_umem_mmu_notifier_retry
      kvm_release_pfn(page),
      forget_seq(),
      refault(this_device()),
      go_to('out'),
    ]),
    map_shadow(addr, page), // ib_umem_odp_map_dma_single_page
    kvm_release_pfn(page), // put_page: on-demand paging pins nothing
    umem_mutex_unlock(this_device()),
    forget_seq(),
    label('out'),
  ],
});
