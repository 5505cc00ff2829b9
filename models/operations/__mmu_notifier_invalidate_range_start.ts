import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { srcu_read_lock, srcu_read_unlock } from '../../src/kernel/srcu.js';
import { for_each_notifier, has_itree, mm_has_notifiers, ops_are_kvm } from '../../src/kernel/subscriber.js';
import { ib_umem_notifier_invalidate_range_start } from './ib_umem_notifier.js';
import { kvm_mmu_notifier_invalidate_range_start } from './kvm_mmu_notifier.js';
import { mn_itree_invalidate } from './mn_itree_invalidate.js';

/**
 * The callbacks of a bracket that opens, in the caller's thread: mm/mmu_notifier.c, v4.14; interval notifiers as in
 * v5.15. That nobody listens is found out together with the step before.
 */
export const __mmu_notifier_invalidate_range_start = operation({
  name: '__mmu_notifier_invalidate_range_start',
  from: 'mm/mmu_notifier.c',
  takes: ['start', 'count'],
  locals: ['cursor', 'mn'],
  steps: ({ start, count, cursor, mn }) => [
    when(mm_has_notifiers(start), [
      when(has_itree(start), [call(mn_itree_invalidate, { start, count })]),
      srcu_read_lock(),
      each(for_each_notifier(start, cursor, mn), [
        when(
          ops_are_kvm(mn),
          [call(kvm_mmu_notifier_invalidate_range_start, { mn, start, count })],
          [call(ib_umem_notifier_invalidate_range_start, { mn, start, count })],
        ),
      ]),
      srcu_read_unlock(),
    ]),
  ],
});
