import { isIn } from './runnable.js';
import type { Scheduler } from './scheduler.js';

/** Each thread runs until it waits or ends, then the next in number: nothing is left to chance. */
export class RoundRobinScheduler implements Scheduler {
  readonly name = 'round-robin';
  private threads = 0;

  begin(threads: number): void {
    this.threads = threads;
  }

  next(runnable: number, last: number): number {
    if (last < 0) return this.after(runnable, this.threads - 1);
    return isIn(runnable, last) ? last : this.after(runnable, last);
  }

  waited(): void {
    // The thread is not runnable at the next question.
  }

  private after(runnable: number, last: number): number {
    let t = last;
    do t = (t + 1) % this.threads;
    while (!isIn(runnable, t));
    return t;
  }
}
