import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { srcu_read_lock, srcu_read_unlock } from '../../src/kernel/srcu.js';
import { for_each_change_pte, mm_has_notifiers } from '../../src/kernel/subscriber.js';
import { kvm_mmu_notifier_change_pte } from './kvm_mmu_notifier.js';

/** mm/mmu_notifier.c, v4.14; `entry` is about to be the entry of `addr`. */
export const __mmu_notifier_change_pte = operation({
  name: '__mmu_notifier_change_pte',
  from: 'mm/mmu_notifier.c',
  takes: ['addr', 'entry'],
  locals: ['cursor', 'mn'],
  steps: ({ addr, entry, cursor, mn }) => [
    when(mm_has_notifiers(addr), [
      srcu_read_lock(),
      each(for_each_change_pte(addr, cursor, mn), [call(kvm_mmu_notifier_change_pte, { mn, addr, entry })]),
      srcu_read_unlock(),
    ]),
  ],
});
