import { swappedCopies } from '../repairs-teardown.js';
import type { Change } from '../history.js';

/** Truncation, exit and the oom reaper. */
export const teardown: readonly Change[] = [
  {
    since: '5.18',
    commit: '5abfd71d936a',
    about: 'truncation zaps private copies that were swapped out',
    unverified: true,
    edits: swappedCopies,
  },
];
