import { number } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  kvm_flush_remote_tlbs,
  kvm_mmu_lock,
  kvm_mmu_unlock,
  kvm_set_spte_hva,
  kvm_unmap_hva_range,
  mmu_notifier_count_dec,
  mmu_notifier_count_inc,
  mmu_notifier_seq_inc,
} from '../../src/kernel/kvm.js';

/**
 * The callbacks of a KVM-like shadow MMU: virt/kvm/kvm_main.c, v4.14. The lock is kvm->mmu_lock, a spinlock. Left out:
 * kvm->srcu (memory slots do not change), aging, several vcpus.
 */

const FROM = 'virt/kvm/kvm_main.c';
const PAGE = number(1);

export const kvm_mmu_notifier_invalidate_range_start = operation({
  name: 'kvm_mmu_notifier_invalidate_range_start',
  from: FROM,
  takes: ['mn', 'start', 'count'],
  steps: ({ mn, start, count }) => [
    kvm_mmu_lock(mn),
    mmu_notifier_count_inc(mn),
    kvm_unmap_hva_range(mn, start, count),
    kvm_flush_remote_tlbs(mn, start, count),
    kvm_mmu_unlock(mn),
  ],
});

export const kvm_mmu_notifier_invalidate_range_end = operation({
  name: 'kvm_mmu_notifier_invalidate_range_end',
  from: FROM,
  takes: ['mn'],
  steps: ({ mn }) => [kvm_mmu_lock(mn), mmu_notifier_count_dec(mn), kvm_mmu_unlock(mn)],
});

/** Before the CPU's entry is set, under the page-table lock; `entry` is the new one. Up to v6.9. */
export const kvm_mmu_notifier_change_pte = operation({
  name: 'kvm_mmu_notifier_change_pte',
  from: FROM,
  takes: ['mn', 'addr', 'entry'],
  steps: ({ mn, addr, entry }) => [
    kvm_mmu_lock(mn),
    mmu_notifier_seq_inc(mn),
    kvm_set_spte_hva(mn, addr, entry),
    kvm_flush_remote_tlbs(mn, addr, PAGE),
    kvm_mmu_unlock(mn),
  ],
});

/** Up to v4.12; read in v4.9. */
export const kvm_mmu_notifier_invalidate_page = operation({
  name: 'kvm_mmu_notifier_invalidate_page',
  from: FROM,
  version: 'v4.9',
  takes: ['mn', 'addr'],
  steps: ({ mn, addr }) => [
    kvm_mmu_lock(mn),
    mmu_notifier_seq_inc(mn),
    kvm_unmap_hva_range(mn, addr, PAGE),
    kvm_flush_remote_tlbs(mn, addr, PAGE),
    kvm_mmu_unlock(mn),
  ],
});
