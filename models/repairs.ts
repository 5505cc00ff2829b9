import type { Edit } from '../src/program/model.js';
import { clearRefsRepairs } from './repairs-clear-refs.js';
import { cowRepairs } from './repairs-cow.js';
import { daxRepairs } from './repairs-dax.js';
import { deviceMemoryRepairs } from './repairs-device-memory.js';
import { hugePageRepairs } from './repairs-huge-pages.js';
import { hugetlbRepairs } from './repairs-hugetlb.js';
import { kernelHalfRepairs } from './repairs-kernel-half.js';
import { ksmRepairs } from './repairs-ksm.js';
import { mprotectAndMremapRepairs } from './repairs-mprotect-mremap.js';
import { reclaimRepairs } from './repairs-reclaim.js';
import { teardownRepairs } from './repairs-teardown.js';
import { userfaultfdRepairs } from './repairs-userfaultfd.js';

/** What v4.14 gets wrong on the CPU side, repaired as later kernels did. Each edit says which commit it follows. */
export const repairs: readonly Edit[] = [
  ...clearRefsRepairs,
  ...cowRepairs,
  ...daxRepairs,
  ...deviceMemoryRepairs,
  ...hugePageRepairs,
  ...hugetlbRepairs,
  ...kernelHalfRepairs,
  ...ksmRepairs,
  ...mprotectAndMremapRepairs,
  ...reclaimRepairs,
  ...teardownRepairs,
  ...userfaultfdRepairs,
];
