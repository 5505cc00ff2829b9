import type { Prng } from '../base/prng.js';
import { isIn, memberOf, sizeOf } from './runnable.js';
import type { Scheduler } from './scheduler.js';

/**
 * A thread runs for 1 to `longest` steps, then another draw is made (of any runnable thread, the same one too).
 * Windows of a few steps are met more often than by a choice at every step.
 */
export class BurstScheduler implements Scheduler {
  readonly name = 'bursts';
  private thread = -1;
  private left = 0;

  constructor(
    private readonly prng: Prng,
    private readonly longest: number,
  ) {}

  begin(): void {
    this.thread = -1;
    this.left = 0;
  }

  next(runnable: number): number {
    if (this.left === 0 || !isIn(runnable, this.thread)) {
      this.thread = memberOf(runnable, this.prng.below(sizeOf(runnable)));
      this.left = this.prng.between(1, this.longest);
    }
    this.left--;
    return this.thread;
  }

  waited(): void {
    this.left = 0;
  }
}
