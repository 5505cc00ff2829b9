import type { Case, Segment } from '../scenario/case.js';
import { without } from './operations.js';
import { offering } from './pass.js';
import { tidy } from './projection.js';

/**
 * Fewer preemptions of the same work: a segment runs together with the next one of its thread, earlier (the later one
 * is brought forward) or later (the earlier one waits for it).
 */
export function joinedSegments(c: Case): readonly Case[] {
  return c.schedule.flatMap((s, i) => {
    const later = c.schedule.findIndex((o, j) => j > i && o.thread === s.thread);
    if (later < 0) return [];
    return [forward(c.schedule, i, later), without(c.schedule, i)].map((schedule) => ({
      ...c,
      schedule: tidy(schedule),
    }));
  });
}

function forward(schedule: readonly Segment[], to: number, from: number): readonly Segment[] {
  return without(schedule, from).toSpliced(to, 1, schedule[from]);
}

export const joinSegments = offering('join segments', joinedSegments);
