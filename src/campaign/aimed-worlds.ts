import { Prng } from '../base/prng.js';
import type { Laboratory } from '../run/laboratory.js';
import type { Case } from '../scenario/case.js';
import type { Strategy } from '../schedule/strategies.js';

/** Draws for all worlds together, and runs of each: what is reached less often is left to longer cases. */
const DRAWS = 6000;
const RUNS = 3;

export interface Aim {
  readonly lab: Laboratory;
  /** Names of the steps that a patch changes, as coverage has them. */
  readonly steps: ReadonlySet<string>;
  /** Those that the patched kernel lacks: there it counts that the base comes to them. */
  readonly lacking: ReadonlySet<string>;
  readonly strategy: Strategy;
  readonly seed: string;
  /** Ways to draw a case, taken in turns. */
  readonly draws: readonly ((prng: Prng) => Case)[];
}

/**
 * Cases, one after the other, in which what a patch changes is reached: a world in which it is not says nothing of the
 * patch, however far it is explored. No two are alike. They end when too many draws have reached nothing.
 */
export function* aimedWorlds({ lab, steps, lacking, strategy, seed, draws }: Aim): Generator<Case, void> {
  const before = new Set<string>();
  for (let i = 0; i < DRAWS; i++) {
    const c = draws[i % draws.length](new Prng(`${seed}/${i}`));
    const key = JSON.stringify([c.world, c.threads]);
    if (before.has(key) || !reaches(c, i)) continue;
    before.add(key);
    yield c;
  }

  function reaches(c: Case, draw: number): boolean {
    for (let run = 0; run < RUNS; run++)
      if (lab.reached(c, strategy.make(new Prng(`${seed}/${draw}/run ${run}`)), steps, lacking).size > 0)
        return true;
    return false;
  }
}
