import { call, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  clear_gcr3,
  device_flush_all,
  driver_lock,
  driver_unlock,
  hlist_del_init_rcu,
  hlist_hashed,
  ib_umem_notifier_release,
  is_registered,
  kfree_subscriber,
  kvm_arch_flush_shadow_all,
  mmu_interval_remove,
  mn_mm,
  wait_for_removal,
} from '../../src/kernel/bind.js';
import {
  srcu_read_lock,
  srcu_read_unlock,
  synchronize_srcu,
  synchronize_srcu_begin,
} from '../../src/kernel/srcu.js';
import { ops_are_interval, ops_are_kvm, ops_are_secondary_tlb } from '../../src/kernel/subscriber.js';

/**
 * The release callback of each kind: nothing of the mm is used from its return on. drivers/iommu/amd_iommu_v2.c
 * (mn_release) and virt/kvm/kvm_main.c, v4.14; drivers/infiniband/core/umem_odp.c, v4.12.
 */
export const release_callback = operation({
  name: 'mn_release',
  from: 'driver',
  takes: ['mn'],
  steps: ({ mn }) => [
    when(
      ops_are_secondary_tlb(mn),
      [clear_gcr3(mn), device_flush_all(mn)],
      [when(ops_are_kvm(mn), [kvm_arch_flush_shadow_all(mn)], [ib_umem_notifier_release(mn)])],
    ),
  ],
});

/** A subscription ends: release, off the list, then wait for whoever walks it. mm/mmu_notifier.c, v4.14. */
export const mmu_notifier_unregister = operation({
  name: 'mmu_notifier_unregister',
  from: 'mm/mmu_notifier.c',
  takes: ['mn'],
  steps: ({ mn }) => [
    when(hlist_hashed(mn), [
      srcu_read_lock(),
      call(release_callback, { mn }),
      srcu_read_unlock(),
      hlist_del_init_rcu(mn),
    ]),
    synchronize_srcu_begin(),
    synchronize_srcu(),
    kfree_subscriber(mn),
  ],
});

/**
 * The same for an interval: the driver empties its mirror itself (ib_umem_odp_release, v5.10), and the tree changes
 * when no invalidation hits it. mm/mmu_notifier.c, v5.15.
 */
export const mmu_interval_notifier_remove = operation({
  name: 'mmu_interval_notifier_remove',
  from: 'mm/mmu_notifier.c',
  version: 'v5.15',
  takes: ['mn'],
  steps: ({ mn }) => [
    ib_umem_notifier_release(mn), // ib_umem_odp_unmap_dma_pages under umem_mutex
    mmu_interval_remove(mn_mm(mn), mn),
    wait_for_removal(mn),
    kfree_subscriber(mn),
  ],
});

/** A driver unbinds a device that is bound: accesses are refused from then on. After amd_iommu_unbind_pasid, v4.14. */
export const unbind_device = operation({
  name: 'unbind_device',
  from: 'driver',
  takes: ['mn'],
  steps: ({ mn }) => [
    driver_lock(mn),
    when(is_registered(mn), [
      when(
        ops_are_interval(mn),
        [call(mmu_interval_notifier_remove, { mn })],
        [call(mmu_notifier_unregister, { mn })],
      ),
    ]),
    driver_unlock(mn),
  ],
});
