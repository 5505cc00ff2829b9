import type { Lab, Side } from '../run/lab.js';
import type { Workbench } from '../run/workbench.js';
import type { Case } from '../scenario/case.js';
import { Listed } from '../schedule/listed.js';
import { UNREDUCED } from './bounds.js';
import { explore } from './explorer.js';

/** Preemptions that a witness is looked for with, one after the other, before the way that was met is taken. */
const FEW = 4;
const STATES = 500_000;

/**
 * The case with a schedule on which this verdict fires: with as few preemptions as can be found cheaply, since those
 * are what a reader has to follow. `key`: a key of {@link Explored.verdicts}; `path`: the way that was met.
 */
export function witnessOf(
  lab: Lab & { bench(side: Side): Workbench },
  side: Side,
  c: Case,
  key: string,
  path: readonly number[],
): Case {
  for (let preemptions = 0; preemptions < FEW; preemptions++) {
    const bounds = { states: STATES, preemptions, depth: path.length + 1 };
    const found = explore(lab.bench(side), c, { bounds, reductions: UNREDUCED, outcomes: false });
    const way = found.verdicts.get(key)?.path;
    if (way !== undefined) return scheduled(lab, side, c, way);
  }
  return scheduled(lab, side, c, path);
}

function scheduled(lab: Lab, side: Side, c: Case, path: readonly number[]): Case {
  return { ...c, schedule: lab.schedule(c, new Listed(path), side).schedule };
}
