import { hashText } from '../base/hash.js';
import type { Lab, Side, TraceStep } from '../run/lab.js';
import type { Case } from '../scenario/case.js';

/** What a run did, step by step: two runs are the same run iff these are equal. */
export function hashOfTrace(steps: readonly TraceStep[]): string {
  return hashText(steps.map((s) => `${s.thread}:${s.path}:${s.hash}`).join('\n'));
}

/** Follows the case twice on each model. `differs`: the first step that was not the same, undefined for none. */
export function traceTwice(
  lab: Lab,
  c: Case,
): { hashes: { candidate: string; reference: string }; differs: { side: Side; step: number } | undefined } {
  const hashes = { candidate: '', reference: '' };
  let differs: { side: Side; step: number } | undefined;
  for (const side of ['candidate', 'reference'] as const) {
    const first = lab.trace(c, side).steps;
    const second = lab.trace(c, side).steps;
    hashes[side] = hashOfTrace(first);
    const same = (a: TraceStep | undefined, b: TraceStep | undefined): boolean =>
      a !== undefined && b !== undefined && a.hash === b.hash && a.path === b.path && a.thread === b.thread;
    for (let i = 0; i < Math.max(first.length, second.length) && differs === undefined; i++)
      if (!same(first[i], second[i])) differs = { side, step: i };
  }
  return { hashes, differs };
}
