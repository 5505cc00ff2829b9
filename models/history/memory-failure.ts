import { drop } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { memory_failure_hugetlb } from '../operations/memory_failure_hugetlb.js';

/** What becomes of a page after a hardware error. */
export const memoryFailures: readonly Change[] = [
  {
    since: '6.1',
    commit: '8625147cafaa',
    about: 'a hugetlb page with a hardware error stays in its file, where every fault finds it',
    edits: [drop(memory_failure_hugetlb.name, { callee: 'hugetlbfs_error_remove_page' })],
  },
];
