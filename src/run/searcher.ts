import type { Prng } from '../base/prng.js';
import { BurstScheduler } from '../schedule/bursts.js';
import { PctScheduler } from '../schedule/pct.js';
import type { Scheduler } from '../schedule/scheduler.js';

/** Scheduler number `i` of a search: deep ones and short bursts in turn. */
export function searcher(prng: Prng, i: number): Scheduler {
  return i % 4 < 2 ? new PctScheduler(prng) : new BurstScheduler(prng, i % 4 === 2 ? 4 : 12);
}
