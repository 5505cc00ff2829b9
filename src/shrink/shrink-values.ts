import fc from 'fast-check';

import { caseArbitrary } from '../scenario/arbitrary.js';
import type { Case } from '../scenario/case.js';
import type { Pass } from './pass.js';

/** Candidates that fast-check may try in one run of the pass. */
const TRIES = 300;

/**
 * fast-check's own shrinking of the concrete case: integers by halves, elements dropped, all arguments of the case's
 * arbitrary at once. It knows nothing of schedules, and is slow with large cases, so it gets the small ones that the
 * other passes leave, for the values that they do not think of.
 */
export const shrinkValues: Pass = {
  name: 'fast-check',
  run(door) {
    const start = door.best.case;
    const end = door.tried + TRIES;
    const holds = (c: Case): boolean => door.tried >= end || door.left <= 0 || !door.shows(c);
    fc.check(fc.property(caseArbitrary(start, door.callables), holds), {
      examples: [[start]],
      numRuns: 1,
      seed: 1,
    });
  },
};
