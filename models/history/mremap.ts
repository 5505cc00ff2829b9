import { drop } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { moveFlushesBeforeUnlock } from '../repairs-mprotect-mremap.js';
import { move_huge_pmd } from '../operations/move_huge_pmd.js';
import { move_ptes } from '../operations/move_ptes.js';

/** When mremap flushes what it moved. */
export const mremaps: readonly Change[] = [
  {
    until: '4.9',
    commit: '5d1904204c99',
    about: 'mremap flushes no entry before its lock is dropped, also no dirty one',
    edits: [move_ptes, move_huge_pmd].map(({ name }) => drop(name, { callee: 'pte_dirty' })),
  },
  {
    since: '4.19',
    commit: 'eb66ae030829',
    about: 'mremap flushes the entries that it moved before either lock is dropped, also clean ones',
    edits: moveFlushesBeforeUnlock,
  },
];
