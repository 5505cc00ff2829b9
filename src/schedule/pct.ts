import type { Prng } from '../base/prng.js';
import { isIn } from './runnable.js';
import type { Scheduler } from './scheduler.js';

/** Depths drawn when none is given: two to four changes of priority. */
const SHALLOWEST = 3;
const DEEPEST = 5;
/** Steps in a row after which a thread falls below all others: it may be asking again for what one of them has in hand. */
const LONGEST_RUN = 300;

/**
 * PCT(d): Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of
 * Finding Bugs", ASPLOS 2010, section 3. Threads get distinct random priorities; the runnable thread of highest
 * priority runs. At d-1 steps, drawn from the k expected ones, the thread that would run falls below all others. A bug
 * that needs d ordering constraints among n threads is hit with probability at least 1/(n k^(d-1)), if k is right.
 * Waiting costs no priority: whoever waited runs again as soon as it can, if it is the highest.
 */
export class PctScheduler implements Scheduler {
  readonly name = 'pct';
  /** By thread. All distinct; changed ones are negative, so lower than every initial one. */
  private readonly priority: number[] = [];
  /** Step numbers, in order. */
  private changes: number[] = [];
  private passed = 0;
  /** Priorities given to threads that fell: ever lower. */
  private lowest = 0;
  private row = 0;

  /** `depth`: d, at least 1; drawn anew for each run when it is left out. */
  constructor(
    private readonly prng: Prng,
    private readonly depth?: number,
  ) {}

  begin(threads: number, expectedSteps: number): void {
    this.priority.length = 0;
    for (let t = 0; t < threads; t++) {
      const at = this.prng.below(t + 1);
      this.priority.splice(at, 0, t);
    }
    const depth = this.depth ?? this.prng.between(SHALLOWEST, DEEPEST);
    this.changes = [];
    for (let i = 1; i < depth; i++) this.changes.push(this.prng.below(Math.max(1, expectedSteps)));
    this.changes.sort((a, b) => a - b);
    this.passed = 0;
    this.lowest = 0;
    this.row = 0;
  }

  next(runnable: number, last: number, step: number): number {
    let t = this.highest(runnable);
    this.row = t === last ? this.row + 1 : 0;
    if (this.row > LONGEST_RUN) {
      t = this.demote(t, runnable);
      this.row = 0;
    }
    // `step` stays the same when the chosen thread turns out to wait: a change is made once.
    while (this.passed < this.changes.length && this.changes[this.passed] <= step) {
      this.passed++;
      t = this.demote(t, runnable);
    }
    return t;
  }

  waited(): void {
    // A thread that waits keeps its priority.
  }

  /** `t` falls below all others; the highest then. */
  private demote(t: number, runnable: number): number {
    this.priority[t] = --this.lowest;
    return this.highest(runnable);
  }

  private highest(runnable: number): number {
    let best = -1;
    for (let t = 0; t < this.priority.length; t++) {
      if (isIn(runnable, t) && (best < 0 || this.priority[t] > this.priority[best])) best = t;
    }
    return best;
  }
}
