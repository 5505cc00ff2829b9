import type { Case, Segment } from '../scenario/case.js';
import { without, type PlacedCall } from './operations.js';

/**
 * Edits of programs that take the schedule along. A stored schedule is the list of segments that ran, so what remains
 * after an edit is what the remaining threads did: segments of what was dropped vanish, later indices shift. A
 * schedule of indices into all steps would run something else from the first dropped step on; in measurements this
 * way of dropping reached the smallest program more than twice as often.
 */

/**
 * Drops segments that end behind where their thread already stands, and joins neighbours of one thread: running on to
 * one point and then to a later one is running to the later one.
 */
export function tidy(schedule: readonly Segment[]): readonly Segment[] {
  const ended = new Map<number, number>();
  const out: Segment[] = [];
  for (const s of schedule) {
    const begun = ended.get(s.thread) ?? 0;
    if (s.operation < begun) continue;
    ended.set(s.thread, s.path === '' ? s.operation + 1 : s.operation);
    const before = out.at(-1)?.thread === s.thread ? out.pop() : undefined;
    out.push(before === undefined ? s : joined(before, s));
  }
  return out;
}

/** One segment for both. Occurrences count from where a segment begins, so those of one point add up. */
function joined(first: Segment, second: Segment): Segment {
  const same = first.operation === second.operation && first.path === second.path && first.path !== '';
  return same ? { ...second, occurrence: first.occurrence + second.occurrence } : second;
}

/** A segment that ended inside a dropped operation now ends with the one before it; -1, behind every start, if none. */
function pulledBack(s: Segment, thread: number, operation: number): Segment {
  if (s.thread !== thread || s.operation < operation) return s;
  if (s.operation > operation) return { ...s, operation: s.operation - 1 };
  return { ...s, operation: operation - 1, path: '', occurrence: 1 };
}

/** The case without one operation; its thread stays, even if nothing is left of it. */
export function withoutOperation(c: Case, thread: number, operation: number): Case {
  const threads = c.threads.map((t, i) =>
    i === thread ? { ...t, operations: without(t.operations, operation) } : t,
  );
  const schedule = c.schedule.map((s) => pulledBack(s, thread, operation));
  return { ...c, threads, schedule: tidy(schedule) };
}

/** The case without several operations. */
export function withoutOperations(c: Case, gone: readonly PlacedCall[]): Case {
  const lastFirst = [...gone].sort((a, b) => b.thread - a.thread || b.operation - a.operation);
  return lastFirst.reduce((rest, at) => withoutOperation(rest, at.thread, at.operation), c);
}

/** The case without one thread and all that it did. */
export function withoutThread(c: Case, thread: number): Case {
  const schedule = c.schedule
    .filter((s) => s.thread !== thread)
    .map((s) => (s.thread > thread ? { ...s, thread: s.thread - 1 } : s));
  return { ...c, threads: without(c.threads, thread), schedule: tidy(schedule) };
}

/** The case without threads that have nothing to do; a case has a CPU thread in any case. */
export function withoutIdleThreads(c: Case): Case {
  const idle = c.threads.findLastIndex((t, i) => t.operations.length === 0 && (t.kind === 'device' || i > 0));
  return idle < 0 ? c : withoutIdleThreads(withoutThread(c, idle));
}

/** The case with an operation moved to another place; what ran of it runs there. `operation` may be the length. */
export function movedOperation(c: Case, from: PlacedCall, to: Omit<PlacedCall, 'call'>): Case {
  const rest = withoutOperation(c, from.thread, from.operation);
  const threads = rest.threads.map((t, i) =>
    i === to.thread ? { ...t, operations: t.operations.toSpliced(to.operation, 0, from.call) } : t,
  );
  const schedule = c.schedule.map((s) => {
    if (s.thread === from.thread && s.operation === from.operation) return { ...s, ...place(to) };
    let operation = s.operation;
    if (s.thread === from.thread && operation > from.operation) operation--;
    if (s.thread === to.thread && operation >= to.operation) operation++;
    return operation === s.operation ? s : { ...s, operation };
  });
  return { ...rest, threads, schedule: tidy(schedule) };
}

function place(at: Omit<PlacedCall, 'call'>): { thread: number; operation: number } {
  return { thread: at.thread, operation: at.operation };
}
