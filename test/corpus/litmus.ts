import { callables } from '../../models/models.js';
import { explore } from '../../src/explore/explorer.js';
import { DEFAULT_BOUNDS } from '../../src/explore/bounds.js';
import type { LitmusTest } from '../../src/litmus/litmus-test.js';
import { observe, type Observation } from '../../src/litmus/observe.js';
import { readCondition } from '../../src/litmus/parse-condition.js';
import { printLitmus } from '../../src/litmus/print.js';
import { caseOf, labOf } from './build.js';
import type { Written } from './write-case.js';

/** The litmus form of a case written by hand: on all its models. */
export function litmusOf(w: Written): LitmusTest {
  const c = caseOf(w);
  return {
    name: w.name,
    about: w.about,
    case: c,
    models: Object.keys(w.expected),
    bounds: w.bounds ?? {},
    condition: readCondition(w.condition ?? 'forbid (~clean)', c, w.name),
  };
}

export const textOf = (test: LitmusTest): string => printLitmus(test, callables);

/** What all interleavings on one model show, if there are at most `states` of them. */
export function observed(test: LitmusTest, model: string, states: number): Observation {
  const explored = explore(labOf(model).bench('candidate'), { ...test.case, schedule: [] }, {
    bounds: { ...DEFAULT_BOUNDS, ...test.bounds, states },
    reductions: { symmetry: false, footprints: false },
    outcomes: true,
  });
  return observe(test, explored);
}
