import { Piscina } from 'piscina';

import { workerThreads } from '../../src/campaign/workforce.js';
import { canaryRecipe, defaultRecipe } from '../../src/cli/trade.js';

/** Batches as campaigns have them; so many that the last one's end is no matter. */
const BATCH = 500;
const BATCHES = 96;
/** Unmeasured rounds first: start-up and compilation are no part of a campaign's speed. */
const WARM_UP = 3;
const LOOPS = 4;

export interface Scaling {
  /** Cases a second of two workers for one worker's, in each round. */
  readonly ratios: readonly number[];
  /** The same of the calibration loop, which shares nothing: what this machine gives at that time. */
  readonly ceilings: readonly number[];
}

/** A pool that does the same work each time; returns the seconds. */
type Round = () => Promise<number>;

/** Measures one worker, two workers, one loop and two loops in turn, so that a busy machine is as busy for all. */
export async function measureScaling(rounds: number): Promise<Scaling> {
  const [one, two] = [campaignOf(1), campaignOf(2)];
  const [oneLoop, twoLoops] = [loopsOf(1), loopsOf(2)];
  for (let i = 0; i < WARM_UP; i++) for (const p of [one, two, two, oneLoop, twoLoops]) await p.round();
  const ratios: number[] = [];
  const ceilings: number[] = [];
  for (let i = 0; i < rounds; i++) {
    ratios.push((await one.round()) / (await two.round()));
    ceilings.push((await oneLoop.round()) / (await twoLoops.round()));
  }
  await Promise.all([one, two, oneLoop, twoLoops].map((p) => p.close()));
  return { ratios, ceilings };
}

function campaignOf(workers: number): { round: Round; close: () => Promise<void> } {
  const module = new URL('../../src/cli/trade.js', import.meta.url).href;
  const force = workerThreads(workers, module, defaultRecipe(), canaryRecipe());
  const batch = (i: number): Promise<unknown> =>
    force.run({ kind: 'batch', seed: 'bench', from: i * BATCH, count: BATCH, emphasis: [] });
  return { round: () => timed(BATCHES, batch), close: () => force.close() };
}

function loopsOf(workers: number): { round: Round; close: () => Promise<void> } {
  const filename = new URL('./calibrate-worker.js', import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers, idleTimeout: Infinity });
  return { round: () => timed(LOOPS, () => pool.run(undefined)), close: () => pool.destroy() };
}

async function timed(many: number, task: (i: number) => Promise<unknown>): Promise<number> {
  const begin = process.hrtime.bigint();
  await Promise.all(Array.from({ length: many }, (_, i) => task(i)));
  return Number(process.hrtime.bigint() - begin) / 1e9;
}
