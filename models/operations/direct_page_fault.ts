import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  kvm_mmu_lock,
  kvm_mmu_unlock,
  mmu_notifier_retry,
  read_mmu_seq,
  refault,
} from '../../src/kernel/kvm.js';
import { let_ } from '../../src/kernel/range.js';
import {
  forget_seq,
  hva_to_pfn,
  kvm_release_pfn,
  map_shadow,
  seq_is_read,
  this_device,
} from '../../src/kernel/shadow.js';

/**
 * A guest's fault: tdp_page_fault and try_async_pf, arch/x86/kvm/mmu.c, v4.14. `missing` is 1 when the page has to be
 * faulted in first; the sequence that was read stays read then. Left out: asynchronous faults, dirty logging, MMIO,
 * page tables of the shadow's own (its entries are the device's translations).
 */
export const direct_page_fault = operation({
  name: 'tdp_page_fault',
  from: 'arch/x86/kvm/mmu.c',
  takes: ['addr', 'write'],
  gives: ['missing'],
  locals: ['pfn'],
  steps: ({ addr, write, missing, pfn }) => [
    when(not(seq_is_read()), [read_mmu_seq(this_device())]), // mmu_seq = kvm->mmu_notifier_seq; smp_rmb()
    when(not(hva_to_pfn(addr, write, pfn)), [let_(missing, number(1)), go_to('out')]),
    kvm_mmu_lock(this_device()),
    when(mmu_notifier_retry(this_device()), [
      kvm_mmu_unlock(this_device()),
      kvm_release_pfn(pfn),
      forget_seq(),
      refault(this_device()),
      go_to('out'),
    ]),
    map_shadow(addr, pfn),
    kvm_mmu_unlock(this_device()),
    kvm_release_pfn(pfn),
    forget_seq(),
    label('out'),
  ],
});
