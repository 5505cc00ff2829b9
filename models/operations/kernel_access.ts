import { operation } from '../../src/program/operation.js';
import { force_sig, pasid_idle, refused, signal_segv } from '../../src/kernel/access.js';
import { walk_kernel_half } from '../../src/kernel/kernel-half.js';

/** A device reads a kernel address, twice: the IOMMU walks to the leaf, which is the supervisor's alone. */
export const device_kernel_access = operation({
  name: 'device_kernel_access',
  from: 'device',
  takes: [],
  steps: () => [walk_kernel_half(), walk_kernel_half(), force_sig(refused), pasid_idle()],
});

/** User code reads a kernel address, twice: the CPU walks to the leaf, and the access is refused. */
export const user_kernel_access = operation({
  name: 'user_kernel_access',
  from: 'user space',
  takes: [],
  steps: () => [walk_kernel_half(), walk_kernel_half(), force_sig(signal_segv)],
});
