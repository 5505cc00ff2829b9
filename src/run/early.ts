import { THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import type { Scheduler } from '../schedule/scheduler.js';
import type { Replay } from './replay.js';

/**
 * Follows segments, but for one operation: before step number `at` of the run, `thread` goes on to the end of the
 * operation that it is in, or until it waits. What a stretch of a schedule spans is split wherever that may matter.
 */
export class Early implements Scheduler {
  readonly name = 'early';
  private operation = -1;
  private done = false;

  constructor(
    private readonly m: Machine,
    private readonly then: Replay,
    private readonly at: number,
    private readonly thread: number,
  ) {}

  begin(threads: number): void {
    this.then.begin(threads);
  }

  next(runnable: number, _last: number, step: number): number {
    if (this.done || step < this.at) return this.then.next(runnable);
    const now = this.m.words[this.m.layout.threadAt(this.thread) + THREAD.OP];
    if (this.operation < 0) this.operation = now;
    if (now === this.operation && (runnable & (1 << this.thread)) !== 0) return this.thread;
    this.done = true;
    return this.then.next(runnable);
  }

  waited(t: number): void {
    if (!this.done && this.operation >= 0) this.done = true;
    else this.then.waited(t);
  }
}
