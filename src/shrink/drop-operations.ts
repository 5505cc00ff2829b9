import type { Case } from '../scenario/case.js';
import { operationsOf } from './operations.js';
import type { Pass } from './pass.js';
import { withoutIdleThreads, withoutOperation, withoutOperations } from './projection.js';

/** The case without one operation, for each: with its thread if that has nothing else to do, and with the thread left. */
export function withoutEachOperation(c: Case): readonly Case[] {
  return operationsOf(c).flatMap(({ thread, operation }) => {
    const rest = withoutOperation(c, thread, operation);
    const busy = withoutIdleThreads(rest);
    return busy === rest ? [rest] : [busy, rest];
  });
}

/** The case without two operations, for each pair: what holds a pair together often holds neither alone. */
export function withoutEachPair(c: Case): readonly Case[] {
  const calls = operationsOf(c);
  return calls.flatMap((a, i) =>
    calls.slice(i + 1).map((b) => withoutIdleThreads(withoutOperations(c, [a, b]))),
  );
}

/**
 * Delta debugging (Zeller, Hildebrandt 2002) over the operations of all threads: chunks of half, a quarter, and so on
 * down to single ones. A chunk that can go is gone; the rest is cut again at the same size.
 */
export const dropOperations: Pass = {
  name: 'drop operations',
  run(door) {
    for (let size = chunk(door.best.case); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < operationsOf(door.best.case).length;) {
        const gone = operationsOf(door.best.case).slice(at, at + size);
        const rest = withoutOperations(door.best.case, gone);
        if (!door.offer(withoutIdleThreads(rest)) && !door.offer(rest)) at += size;
      }
    }
  },
};

function chunk(c: Case): number {
  return Math.ceil(operationsOf(c).length / 2);
}
