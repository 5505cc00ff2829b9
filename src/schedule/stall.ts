import type { Prng } from '../base/prng.js';
import { memberOf, isIn, sizeOf } from './runnable.js';
import type { Scheduler } from './scheduler.js';

/** Steps that a thread still makes after its first change of an entry, before it is stalled: 0 to one less. */
const LATEST = 10;
/** Steps that others make while it is stalled, at most. */
const LONGEST_STALL = 60;
const LONGEST_BURST = 5;
/** A thread that has changed an entry is stalled with this probability. */
const STALLS = 0.8;

/**
 * Holds windows open: a thread whose operation has changed an entry is stalled a few steps later, while the others run
 * in bursts. What goes wrong between a change and its notification goes wrong there. The idea is that of "delay
 * injection where it matters" (Li, Lu, Musuvathi, Nath, Padhye, "Efficient scalable thread-safety-violation
 * detection", SOSP 2019), with changes of page-table entries as the places.
 */
export class StallScheduler implements Scheduler {
  readonly name = 'stall';
  /** By thread: steps left before it is stalled; -1 when nothing is planned. */
  private readonly fuse: number[] = [];
  private planned = 0;
  private stalled = -1;
  private until = 0;
  private burst = 0;
  private running = -1;

  constructor(private readonly prng: Prng) {}

  begin(threads: number): void {
    this.fuse.length = 0;
    for (let t = 0; t < threads; t++) this.fuse.push(-1);
    this.planned = 0;
    this.stalled = -1;
    this.burst = 0;
    this.running = -1;
  }

  next(runnable: number, last: number, step: number, changing = 0): number {
    this.plan(changing);
    if (last >= 0 && this.fuse[last] === 0 && this.stalled < 0) {
      this.stalled = last;
      this.until = step + 1 + this.prng.below(LONGEST_STALL);
      this.burst = 0;
    }
    if (last >= 0 && this.fuse[last] >= 0) this.fuse[last]--;
    if (step >= this.until) this.stalled = -1;
    const others = this.stalled < 0 ? runnable : runnable & ~(1 << this.stalled);
    const from = others === 0 ? runnable : others;
    if (this.burst > 0 && isIn(from, this.running)) {
      this.burst--;
      return this.running;
    }
    this.burst = this.prng.below(LONGEST_BURST);
    this.running = memberOf(from, this.prng.below(sizeOf(from)));
    return this.running;
  }

  waited(t: number): void {
    if (t === this.running) this.burst = 0;
  }

  /** Threads that began to change entries get a fuse; those that returned lose it. */
  private plan(changing: number): void {
    const fresh = changing & ~this.planned;
    this.planned = changing;
    if (fresh === 0) return;
    for (let t = 0; t < this.fuse.length; t++)
      if (isIn(fresh, t)) this.fuse[t] = this.prng.chance(STALLS) ? this.prng.below(LATEST) : -1;
  }
}
