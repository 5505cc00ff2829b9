import type { Callable } from '../../src/program/callable.js';
import { hugetlb_vmtruncate } from './hugetlb_vmtruncate.js';
import { hugetlbfs_punch_hole } from './hugetlbfs_punch_hole.js';
import { memory_failure_hugetlb } from './memory_failure_hugetlb.js';
import { soft_offline_huge_page } from './soft_offline_huge_page.js';

/** What threads can call that concerns hugetlbfs alone. */
export const hugetlbCallables: readonly Callable[] = [
  {
    operation: hugetlbfs_punch_hole,
    since: '4.3',
    by: 'cpu',
    args: ['file'],
    on: ['hugetlb-shared'],
    choices: ['gather-full', 'huge-allocation-fails'],
    weight: 0.6,
    writes: false,
  },
  {
    operation: hugetlb_vmtruncate,
    by: 'cpu',
    args: ['file'],
    on: ['hugetlb-shared'],
    choices: ['gather-full'],
    weight: 0.4,
    writes: false,
  },
  {
    operation: memory_failure_hugetlb,
    since: '4.13',
    by: 'cpu',
    weight: 0.6,
    args: ['any-addr'],
    on: ['hugetlb-private', 'hugetlb-shared'],
    choices: [],
    writes: false,
  },
  {
    operation: soft_offline_huge_page,
    by: 'cpu',
    args: ['any-addr'],
    on: ['hugetlb-private', 'hugetlb-shared'],
    choices: ['huge-allocation-fails'],
    writes: false,
  },
];
