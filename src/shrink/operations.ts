import type { Case, OperationCall } from '../scenario/case.js';

/** One call of a case, with where it stands. */
export interface PlacedCall {
  readonly thread: number;
  /** Index in its thread's program. */
  readonly operation: number;
  readonly call: OperationCall;
}

/** Every operation of the case, by thread. */
export function operationsOf(c: Case): readonly PlacedCall[] {
  return c.threads.flatMap((t, thread) =>
    t.operations.map((call, operation) => ({ thread, operation, call })),
  );
}

/** The case with each call replaced by what `f` makes of it; the schedule stays. */
export function mapCalls(c: Case, f: (call: OperationCall, at: PlacedCall) => OperationCall): Case {
  const threads = c.threads.map((t, thread) => ({
    ...t,
    operations: t.operations.map((call, operation) => f(call, { thread, operation, call })),
  }));
  return { ...c, threads };
}

/** `items` without the one at `index`. */
export function without<T>(items: readonly T[], index: number): readonly T[] {
  return items.filter((_, i) => i !== index);
}

/** `items` with `value` at `index`. */
export function replaced<T>(items: readonly T[], index: number, value: T): readonly T[] {
  return items.map((item, i) => (i === index ? value : item));
}
