import { Prng } from '../base/prng.js';
import type { Case } from '../scenario/case.js';
import { RoundRobinScheduler } from '../schedule/round-robin.js';
import { CostMeter, type FunctionCost } from './costs.js';
import { STEP_BUDGET } from './drive.js';
import type { Workbench } from './workbench.js';

/** What the functions of one model cost over cases in which nobody interferes: see {@link measureCosts}. */
export interface Costs {
  readonly byFunction: ReadonlyMap<string, FunctionCost>;
  /** Cases that were run to their end. */
  readonly cases: number;
}

/** Draws case `i` of `seed`; the same for every model that is compared. */
export type Draw = (prng: Prng) => Case;

/** Runs cases one thread after the other, so that every function goes its own way undisturbed. */
export function measureCosts(bench: Workbench, draw: Draw, seed: string, cases: number): Costs {
  const byFunction = new Map<string, FunctionCost>();
  let ended = 0;
  for (let i = 0; i < cases; i++) {
    const m = bench.prepare(draw(new Prng(`${seed}/${i}`)));
    const meter = new CostMeter(m, bench.code, bench.memory, STEP_BUDGET, byFunction);
    const { inconclusive } = bench.run(m, new RoundRobinScheduler(), meter);
    bench.memory.onChange = undefined;
    meter.end();
    if (!inconclusive) ended++;
  }
  return { byFunction, cases: ended };
}
