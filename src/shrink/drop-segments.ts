import type { Case } from '../scenario/case.js';
import { without } from './operations.js';
import type { Pass } from './pass.js';
import { tidy } from './projection.js';

/** The case without one segment of its schedule, for each. */
export function withoutEachSegment(c: Case): readonly Case[] {
  return c.schedule.map((_, i) => ({ ...c, schedule: tidy(without(c.schedule, i)) }));
}

/**
 * Delta debugging over the segments. Chunks first from the end: after the last segment that matters, threads run
 * round-robin anyway.
 */
export const dropSegments: Pass = {
  name: 'drop segments',
  run(door) {
    for (let size = door.best.case.schedule.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let end = door.best.case.schedule.length; end > 0;) {
        const { schedule } = door.best.case;
        const rest = schedule.filter((_, i) => i < end - size || i >= end);
        const taken = door.offer({ ...door.best.case, schedule: tidy(rest) });
        end = taken ? Math.min(end - size, door.best.case.schedule.length) : end - size;
      }
    }
  },
};
