import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { srcu_read_lock, srcu_read_unlock } from '../../src/kernel/srcu.js';
import { for_each_notifier, has_itree, mm_has_notifiers, ops_are_kvm } from '../../src/kernel/subscriber.js';
import { mn_itree_inv_end } from '../../src/kernel/umem-odp.js';
import { ib_umem_notifier_invalidate_range_end } from './ib_umem_notifier.js';
import { kvm_mmu_notifier_invalidate_range_end } from './kvm_mmu_notifier.js';

/** The callbacks of a bracket that closes: mm/mmu_notifier.c, v4.14; interval notifiers as in v5.15. */
export const __mmu_notifier_invalidate_range_end = operation({
  name: '__mmu_notifier_invalidate_range_end',
  from: 'mm/mmu_notifier.c',
  takes: ['start', 'count'],
  locals: ['cursor', 'mn'],
  steps: ({ start, cursor, mn }) => [
    when(mm_has_notifiers(start), [
      when(has_itree(start), [mn_itree_inv_end(start)]),
      srcu_read_lock(),
      each(for_each_notifier(start, cursor, mn), [
        when(
          ops_are_kvm(mn),
          [call(kvm_mmu_notifier_invalidate_range_end, { mn })],
          [call(ib_umem_notifier_invalidate_range_end, { mn })],
        ),
      ]),
      srcu_read_unlock(),
    ]),
  ],
});
