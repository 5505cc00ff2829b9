import type { Prng } from '../base/prng.js';
import type { LastStep, Scheduler } from './scheduler.js';

export interface Part {
  readonly scheduler: Scheduler;
  readonly weight: number;
}

/** One of several schedulers, drawn anew for every run with the given weights. */
export class MixedScheduler implements Scheduler {
  readonly name = 'mixed';
  private current: Scheduler;
  private readonly weights: readonly number[];

  /** `parts` must not be empty. */
  constructor(
    private readonly prng: Prng,
    private readonly parts: readonly Part[],
  ) {
    this.current = parts[0].scheduler;
    this.weights = parts.map((p) => p.weight);
  }

  begin(threads: number, expectedSteps: number, lengths?: readonly number[], cpus?: number): void {
    this.current = this.parts[this.prng.weighted(this.weights)].scheduler;
    this.current.begin(threads, expectedSteps, lengths, cpus);
  }

  next(runnable: number, last: number, step: number, did?: LastStep): number {
    return this.current.next(runnable, last, step, did);
  }

  waited(t: number): void {
    this.current.waited(t);
  }
}
