import { RoundRobinScheduler } from './round-robin.js';
import type { Scheduler } from './scheduler.js';

/** Runs a thread a step as a list says, then everybody round-robin. One that cannot go on is passed over. */
export class Listed implements Scheduler {
  readonly name = 'listed';
  private at = 0;
  private readonly turns = new RoundRobinScheduler();
  private turn = -1;

  constructor(private readonly threads: readonly number[]) {}

  begin(threads: number): void {
    this.at = 0;
    this.turn = -1;
    this.turns.begin(threads);
  }

  next(runnable: number): number {
    while (this.at < this.threads.length) {
      const t = this.threads[this.at++];
      if ((runnable & (1 << t)) !== 0) return t;
    }
    this.turn = this.turns.next(runnable, this.turn);
    return this.turn;
  }

  waited(): void {
    // The list goes on.
  }
}
