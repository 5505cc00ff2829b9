import type { Prng } from '../base/prng.js';
import { isIn } from './runnable.js';
import type { Scheduler } from './scheduler.js';

/**
 * Uniform random walk over interleavings. Of programs with r_1 … r_n steps left, the share of interleavings that begin
 * with thread i is r_i / (r_1 + … + r_n); choosing with these weights makes every interleaving equally likely, where a
 * uniform choice at each step prefers those in which short threads end early. H. Zhao, D. Wolff, U. Mathur,
 * A. Roychoudhury, "Selectively Uniform Concurrency Testing", ASPLOS 2025, section 3 (URW).
 *
 * How long a thread will run is only estimated, by `lengths` or else by equal shares of the expected steps; one that has
 * outrun its estimate is taken to have one step left. Waiting makes the walk uniform over attempts only.
 */
export class WalkScheduler implements Scheduler {
  readonly name = 'walk';
  /** Estimated steps left, by thread; not positive when the estimate was too low. */
  private readonly left: number[] = [];

  constructor(private readonly prng: Prng) {}

  begin(threads: number, expectedSteps: number, lengths?: readonly number[]): void {
    const share = Math.ceil(expectedSteps / threads);
    this.left.length = 0;
    for (let t = 0; t < threads; t++) this.left.push(lengths?.[t] ?? share);
  }

  next(runnable: number): number {
    let total = 0;
    for (let t = 0; t < this.left.length; t++) if (isIn(runnable, t)) total += this.weight(t);
    let x = this.prng.below(total);
    let t = -1;
    while (x >= 0) {
      t++;
      if (isIn(runnable, t)) x -= this.weight(t);
    }
    this.left[t]--;
    return t;
  }

  waited(t: number): void {
    // The step was not made.
    this.left[t]++;
  }

  private weight(t: number): number {
    return Math.max(1, this.left[t]);
  }
}
