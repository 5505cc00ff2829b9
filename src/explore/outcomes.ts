import type { Callable } from '../program/callable.js';
import type { Case } from '../scenario/case.js';

/** One choice point of one call: the outcome that chance may give it. */
interface Point {
  readonly thread: number;
  readonly operation: number;
  readonly choice: string;
}

/**
 * The case with every outcome of its choice points (an allocation that fails, a full gather …), at most `unusual` of
 * them the unusual way in one run; the usual outcomes first. What the case itself says of choices is left aside.
 */
export function outcomesOf(c: Case, callables: readonly Callable[], unusual: number): readonly Case[] {
  const byName = new Map(callables.map((x) => [x.operation.name, x]));
  const points: Point[] = c.threads.flatMap((thread, t) =>
    thread.operations.flatMap((call, operation) =>
      (byName.get(call.name)?.choices ?? []).map((choice) => ({ thread: t, operation, choice })),
    ),
  );
  return subsets(points, unusual).map((set) => withChoices(c, set));
}

/** All subsets of at most `most` elements, smaller ones first. */
function subsets<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  let level: { set: readonly T[]; next: number }[] = [{ set: [], next: 0 }];
  const out: (readonly T[])[] = [];
  for (let size = 0; size <= most && level.length > 0; size++) {
    out.push(...level.map((x) => x.set));
    level = level.flatMap(({ set, next }) =>
      items.slice(next).map((item, i) => ({ set: [...set, item], next: next + i + 1 })),
    );
  }
  return out;
}

function withChoices(c: Case, set: readonly Point[]): Case {
  return {
    ...c,
    threads: c.threads.map((thread, t) => ({
      ...thread,
      operations: thread.operations.map((call, operation) => ({
        ...call,
        choices: set.filter((p) => p.thread === t && p.operation === operation).map((p) => p.choice),
      })),
    })),
  };
}
