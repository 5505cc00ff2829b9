import type { Case } from '../scenario/case.js';
import { offering } from './pass.js';
import { withoutThread } from './projection.js';

/** The case without one thread, for each thread. */
export function withoutEachThread(c: Case): readonly Case[] {
  return c.threads.map((_, thread) => withoutThread(c, thread));
}

export const dropThreads = offering('drop threads', withoutEachThread);
