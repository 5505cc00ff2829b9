import type { Case } from '../scenario/case.js';
import { replaced } from './operations.js';
import { offering } from './pass.js';
import { tidy } from './projection.js';

/** Segments that run to the end of their operation, or of the one before, or to the first occurrence of their point. */
export function plainerSegments(c: Case): readonly Case[] {
  return c.schedule.flatMap((s, i) => {
    const ends = { ...s, path: '', occurrence: 1 };
    const simpler = s.path === '' ? [] : [ends, { ...ends, operation: s.operation - 1 }];
    if (s.occurrence > 1) simpler.push({ ...s, occurrence: 1 }, { ...s, occurrence: s.occurrence - 1 });
    return simpler.map((plain) => ({ ...c, schedule: tidy(replaced(c.schedule, i, plain)) }));
  });
}

export const plainSegments = offering('plainer segments', plainerSegments);
