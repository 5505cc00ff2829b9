import type { Callable } from '../../src/program/callable.js';
import { bind_device } from './mmu_notifier_register.js';
import { device_evict, device_prefetch, device_read, device_write } from './device_access.js';
import { gup_fast_read, gup_fast_write } from './get_user_pages_fast.js';
import { unbind_device } from './mmu_notifier_unregister.js';
import { user_read, user_write } from './user_access.js';

/** Every kind of vma. */
export const EVERY = [
  'anon',
  'file-shared',
  'file-private',
  'dax',
  'hugetlb-private',
  'hugetlb-shared',
  'shmem',
];
/** What may go the unusual way in a page fault. */
export const FAULTS = ['page-allocation-fails', 'huge-allocation-fails', 'well-placed'];

/** The part of the register in which user memory is read and written, and devices come and go. */
export const accesses: readonly Callable[] = [
  { operation: user_read, by: 'cpu', args: ['addr', 'word'], on: EVERY, choices: FAULTS, writes: false },
  { operation: user_write, by: 'cpu', args: ['addr', 'word'], on: EVERY, choices: FAULTS, writes: true },
  { operation: device_read, by: 'device', args: ['addr', 'word'], on: EVERY, choices: FAULTS, writes: false },
  { operation: device_write, by: 'device', args: ['addr', 'word'], on: EVERY, choices: FAULTS, writes: true },
  {
    operation: gup_fast_read,
    by: 'cpu',
    weight: 0.1,
    args: ['addr', 'word'],
    on: EVERY,
    choices: FAULTS,
    writes: false,
  },
  {
    operation: gup_fast_write,
    by: 'cpu',
    weight: 0.15,
    args: ['addr', 'word'],
    on: EVERY,
    choices: FAULTS,
    writes: true,
  },
  {
    operation: device_evict,
    by: 'device',
    args: ['addr'],
    on: EVERY,
    choices: [],
    weight: 0.12,
    writes: false,
  },
  {
    operation: device_prefetch,
    by: 'device',
    args: ['addr'],
    on: EVERY,
    choices: [],
    weight: 0.12,
    writes: false,
  },
  {
    operation: bind_device,
    by: 'cpu',
    weight: 0.3,
    args: ['device'],
    on: EVERY,
    choices: [],
    writes: false,
  },
  {
    operation: unbind_device,
    by: 'cpu',
    weight: 0.25,
    args: ['device'],
    on: EVERY,
    choices: [],
    writes: false,
  },
];
