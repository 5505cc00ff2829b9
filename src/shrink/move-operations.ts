import type { Case } from '../scenario/case.js';
import { operationsOf } from './operations.js';
import { offering } from './pass.js';
import { movedOperation } from './projection.js';

/**
 * The case with one operation at the end of an earlier thread of the same kind and mm, for each. A thread that is left
 * with nothing can be dropped; otherwise the work stands where readers begin.
 */
export function movedOperations(c: Case): readonly Case[] {
  return operationsOf(c).flatMap((from) => {
    const own = c.threads[from.thread];
    return c.threads.flatMap((into, thread) =>
      thread < from.thread && into.kind === own.kind && into.mm === own.mm
        ? into.operations
            .map((_, operation) => operation)
            .concat(into.operations.length)
            .map((operation) => movedOperation(c, from, { thread, operation }))
        : [],
    );
  });
}

export const moveOperations = offering('move operations', movedOperations);
