import type { Case } from '../scenario/case.js';

/**
 * The case as it is, then with each of its unusual choices falling the usual way, one by one and all together. An
 * outcome of chance that one model never asks for may stop the other: what the other does when it falls the usual way
 * is as much its behaviour.
 */
export function* chances(c: Case): Generator<Case> {
  yield c;
  const each = c.threads.flatMap((thread, t) =>
    thread.operations.flatMap((call, o) => call.choices.map((choice) => ({ t, o, choice }))),
  );
  for (const { t, o, choice } of each)
    yield without(c, (u, p, name) => u === t && p === o && name === choice);
  if (each.length > 1) yield without(c, () => true);
}

type Falls = (thread: number, operation: number, choice: string) => boolean;

function without(c: Case, usual: Falls): Case {
  const threads = c.threads.map((thread, t) => ({
    ...thread,
    operations: thread.operations.map((call, o) => ({
      ...call,
      choices: call.choices.filter((choice) => !usual(t, o, choice)),
    })),
  }));
  return { ...c, threads };
}
