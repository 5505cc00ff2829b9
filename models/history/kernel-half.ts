import { kernelHalfRepairs } from '../repairs-kernel-half.js';
import type { Change } from '../history.js';

/** The kernel half of the page table, which devices walk through the mms that they are bound to. */
export const kernelHalf: readonly Change[] = [
  {
    since: '6.19',
    commit: 'e37d5a2d60a3',
    about:
      'devices are told before a page-table page of the kernel half is freed (by a worker, later: 5ba2f0a15564)',
    edits: kernelHalfRepairs,
  },
];
