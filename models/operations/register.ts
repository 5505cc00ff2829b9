import type { Callable } from '../../src/program/callable.js';
import { device_evict, device_prefetch, device_read, device_write } from './device_access.js';
import { madvise_dontneed } from './madvise_dontneed.js';
import { mprotect } from './mprotect.js';
import { munmap } from './munmap.js';
import { user_read, user_write } from './user_access.js';

const EVERY = ['anon', 'file-shared', 'file-private', 'dax', 'hugetlb-private', 'hugetlb-shared'];
const BASE = ['anon', 'file-shared', 'file-private', 'dax'];
const FAULTS = ['page-allocation-fails', 'huge-allocation-fails'];

/** The program operations: what the threads of a case can call. */
export const callables: readonly Callable[] = [
  { operation: user_read, by: 'cpu', args: ['addr', 'word'], on: EVERY, choices: FAULTS, writes: false },
  { operation: user_write, by: 'cpu', args: ['addr', 'word'], on: EVERY, choices: FAULTS, writes: true },
  { operation: device_read, by: 'device', args: ['addr', 'word'], on: EVERY, choices: FAULTS, writes: false },
  { operation: device_write, by: 'device', args: ['addr', 'word'], on: EVERY, choices: FAULTS, writes: true },
  { operation: device_evict, by: 'device', args: ['addr'], on: EVERY, choices: [], writes: false },
  { operation: device_prefetch, by: 'device', args: ['addr'], on: EVERY, choices: [], writes: false },
  { operation: madvise_dontneed, by: 'cpu', args: ['addr', 'count'], on: BASE, choices: ['gather-full'], writes: false },
  { operation: munmap, by: 'cpu', args: ['addr', 'count'], on: EVERY, choices: ['gather-full'], writes: false },
  { operation: mprotect, by: 'cpu', args: ['addr', 'count', 'prot'], on: EVERY, choices: [], writes: false },
];
