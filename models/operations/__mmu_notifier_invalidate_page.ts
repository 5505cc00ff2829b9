import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { srcu_read_lock, srcu_read_unlock } from '../../src/kernel/srcu.js';
import { for_each_notifier, mm_has_notifiers, ops_are_kvm } from '../../src/kernel/subscriber.js';
import { ib_umem_notifier_invalidate_page } from './ib_umem_notifier.js';
import { kvm_mmu_notifier_invalidate_page } from './kvm_mmu_notifier.js';

/** One address is told to whoever has invalidate_page: mm/mmu_notifier.c, up to v4.12. */
export const __mmu_notifier_invalidate_page = operation({
  name: '__mmu_notifier_invalidate_page',
  from: 'mm/mmu_notifier.c',
  version: 'v4.12',
  takes: ['addr'],
  locals: ['cursor', 'mn'],
  steps: ({ addr, cursor, mn }) => [
    when(mm_has_notifiers(addr), [
      srcu_read_lock(),
      each(for_each_notifier(addr, cursor, mn), [
        when(
          ops_are_kvm(mn),
          [call(kvm_mmu_notifier_invalidate_page, { mn, addr })],
          [call(ib_umem_notifier_invalidate_page, { mn, addr })],
        ),
      ]),
      srcu_read_unlock(),
    ]),
  ],
});
