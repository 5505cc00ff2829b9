import type { Violation } from '../oracle/verdict.js';
import type { Case } from '../scenario/case.js';
import type { Explored } from './explored.js';

/** One verdict of one case (one assignment of outcomes), and which of the models show it. */
export interface Shown {
  readonly key: string;
  readonly case: Case;
  readonly violation: Violation;
  readonly path: readonly number[];
  readonly class: 'candidate-only' | 'both' | 'reference-only';
}

export interface Pair {
  readonly case: Case;
  readonly candidate: Explored;
  readonly reference: Explored;
}

/** What the explorations of a case on both models show; candidate-only is final when the reference's is complete. */
export function conclude(pairs: readonly Pair[]): readonly Shown[] {
  const out = new Map<string, Shown>();
  for (const pair of pairs) {
    for (const [key, { what, path }] of pair.candidate.verdicts) {
      const both = pairs.some((p) => p.reference.verdicts.has(key));
      const had = out.get(key);
      if (had === undefined || path.length < had.path.length)
        out.set(key, {
          key,
          case: pair.case,
          violation: what,
          path,
          class: both ? 'both' : 'candidate-only',
        });
    }
    for (const [key, { what, path }] of pair.reference.verdicts) {
      if (pairs.some((p) => p.candidate.verdicts.has(key)) || out.has(key)) continue;
      out.set(key, { key, case: pair.case, violation: what, path, class: 'reference-only' });
    }
  }
  return [...out.values()];
}
