import {
  blockingReaper,
  nonblockingReaper,
  punchOfOwnPages,
  reapsInBrackets,
  swappedCopies,
} from '../repairs-teardown.js';
import type { Change } from '../history.js';

/** Truncation, exit and the oom reaper. */
export const teardown: readonly Change[] = [
  {
    since: '4.16',
    commit: 'unknown', // the patch after 5ff7091f5a2c in its series
    about: 'the oom reaper takes vmas one by one inside brackets, also of an mm with subscribers',
    edits: reapsInBrackets,
  },
  {
    since: '4.16',
    until: '4.19',
    commit: '5ff7091f5a2c',
    about: 'the oom reaper leaves an mm alone that has subscribers whose callbacks may sleep',
    edits: blockingReaper,
  },
  {
    since: '4.19',
    commit: '93065ac753e4',
    about: 'the oom reaper opens brackets that may not sleep, and skips a vma whose bracket is refused',
    edits: nonblockingReaper,
  },
  {
    since: '5.7',
    commit: '71725ed10c40',
    about: 'a hole punch of tmpfs looks at page->mapping before it zeroes a part of a huge page',
    edits: punchOfOwnPages,
  },
  {
    since: '5.18',
    commit: '5abfd71d936a',
    about: 'truncation zaps private copies that were swapped out, hole punch what migrates of the file',
    edits: swappedCopies,
  },
];
