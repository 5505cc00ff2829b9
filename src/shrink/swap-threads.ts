import type { Case } from '../scenario/case.js';
import { offering } from './pass.js';

/**
 * The case with two threads of the same kind in each other's place. After the last segment threads run in their order,
 * so the right order can make segments superfluous.
 */
export function swappedThreads(c: Case): readonly Case[] {
  return c.threads.flatMap((a, i) =>
    c.threads.flatMap((b, j) => (i < j && a.kind === b.kind ? [swapped(c, i, j)] : [])),
  );
}

function swapped(c: Case, i: number, j: number): Case {
  const other = (t: number): number => (t === i ? j : t === j ? i : t);
  const threads = c.threads.map((_, t) => c.threads[other(t)]);
  return { ...c, threads, schedule: c.schedule.map((s) => ({ ...s, thread: other(s.thread) })) };
}

/** Offers each swap with as many segments, and with every first few of them: the rest may be what the order now does. */
export const swapThreads = offering('swap threads', (c) =>
  swappedThreads(c).flatMap((s) =>
    [...s.schedule.keys(), s.schedule.length].map((n) => ({ ...s, schedule: s.schedule.slice(0, n) })),
  ),
);
