import { call, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { signal_bus } from '../../src/kernel/access.js';
import { device_private_wait } from '../../src/kernel/migrate.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { migrate_vma } from './migrate_vma.js';

const BACK = number(0);

/**
 * A fault on device-private memory: the driver moves the page back, and the access is tried again. mm/memory.c and
 * mm/hmm.c, v4.14. Neither a lock nor a reference is held on the page (16ce101db85d, v6.1, takes one): the driver looks the
 * entry up again. While somebody else has the page locked, or refers to it, the C faults again and again; here it waits.
 */
export const device_private_entry_fault = operation({
  name: 'device_private_entry_fault',
  from: 'mm/hmm.c',
  takes: ['addr', 'entry', 'vma'],
  gives: ['fault'],
  locals: ['moved', 'oom'],
  steps: ({ addr, entry, vma, fault, moved, oom }) => [
    device_private_wait(addr, entry),
    call(migrate_vma, { addr, to_device: BACK, vma, moved, oom }),
    when(not(is_zero(oom)), [let_(fault, signal_bus)]),
  ],
});
