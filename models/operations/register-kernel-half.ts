import type { Callable } from '../../src/program/callable.js';
import { device_kernel_access, user_kernel_access } from './kernel_access.js';
import { vmalloc, vmalloc_huge } from './vmalloc.js';

const ON_ANY = ['anon', 'file-shared', 'file-private', 'dax', 'hugetlb-private', 'hugetlb-shared'];
const PLAIN = { args: [], on: ON_ANY, choices: [], writes: false } as const;

/** What threads can call that concerns the kernel half of the page table; it is worth as much over every vma. */
export const kernelHalfCallables: readonly Callable[] = [
  { operation: device_kernel_access, by: 'device', weight: 0.05, ...PLAIN },
  { operation: user_kernel_access, by: 'cpu', weight: 0.04, ...PLAIN },
  { operation: vmalloc, by: 'cpu', weight: 0.1, ...PLAIN },
  { operation: vmalloc_huge, by: 'cpu', weight: 0.1, ...PLAIN, since: '5.13' },
];
