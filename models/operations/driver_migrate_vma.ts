import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { find_vma, vma_anonymous } from '../../src/kernel/vma.js';
import { migrate_vma } from './migrate_vma.js';

const TO_DEVICE = number(1);

/**
 * A driver moves the page at `addr` into its device's private memory, where it stays until a CPU or another device
 * faults on it. As nouveau_dmem_migrate_vma does, drivers/gpu/drm/nouveau/nouveau_dmem.c, v5.1.
 */
export const driver_migrate_vma = operation({
  name: 'driver_migrate_vma',
  from: 'driver',
  takes: ['addr'],
  locals: ['vma', 'moved', 'oom'],
  steps: ({ addr, vma, moved, oom }) => [
    down_read(mmap_sem(addr)),
    when(not(find_vma(addr, vma)), [go_to('out')]),
    when(not(vma_anonymous(vma)), [go_to('out')]),
    call(migrate_vma, { addr, to_device: TO_DEVICE, vma, moved, oom }),
    label('out'),
    up_read(mmap_sem(addr)),
  ],
});
