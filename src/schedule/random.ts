import type { Prng } from '../base/prng.js';
import { memberOf, sizeOf } from './runnable.js';
import type { Scheduler } from './scheduler.js';

/** Uniform among the runnable threads at every step: no thread is ever starved, long waits are very unlikely. */
export class RandomScheduler implements Scheduler {
  readonly name = 'random';

  constructor(private readonly prng: Prng) {}

  begin(): void {
    // Nothing is kept from step to step.
  }

  next(runnable: number): number {
    return memberOf(runnable, this.prng.below(sizeOf(runnable)));
  }

  waited(): void {
    // The next draw is made without the thread that waits.
  }
}
