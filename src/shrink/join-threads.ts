import type { Case } from '../scenario/case.js';
import { operationsOf, type PlacedCall } from './operations.js';
import { offering } from './pass.js';
import { movedOperation, withoutThread } from './projection.js';

/**
 * One thread does the work of two of the same kind on the same mm: in the order in which the schedule reaches the
 * operations, or one after the other.
 */
export function joinedThreads(c: Case): readonly Case[] {
  const out: Case[] = [];
  c.threads.forEach((into, a) => {
    c.threads.forEach((from, b) => {
      if (b <= a || into.kind !== from.kind || into.mm !== from.mm) return;
      out.push(
        joined(c, a, b, byAppearance(c, a, b)),
        joined(c, a, b, inTurn(c, a, b)),
        joined(c, a, b, inTurn(c, b, a)),
      );
    });
  });
  return out;
}

function inTurn(c: Case, first: number, second: number): readonly PlacedCall[] {
  const calls = operationsOf(c);
  return [...calls.filter((o) => o.thread === first), ...calls.filter((o) => o.thread === second)];
}

/** The operations of both by the segment in which each ends; what the schedule does not end comes last. */
function byAppearance(c: Case, a: number, b: number): readonly PlacedCall[] {
  const end = (o: PlacedCall): number => {
    const at = c.schedule.findIndex(
      (s) =>
        s.thread === o.thread &&
        (s.operation > o.operation || (s.operation === o.operation && s.path === '')),
    );
    return at < 0 ? c.schedule.length : at;
  };
  return [...inTurn(c, a, b)].sort((x, y) => end(x) - end(y));
}

/** Puts the operations of b among those of a so that they stand in `order`, then drops b. */
function joined(c: Case, a: number, b: number, order: readonly PlacedCall[]): Case {
  let result = c;
  order.forEach((o, operation) => {
    if (o.thread !== b) return;
    result = movedOperation(result, { ...o, operation: 0 }, { thread: a, operation });
  });
  return withoutThread(result, b);
}

export const joinThreads = offering('join threads', joinedThreads);
