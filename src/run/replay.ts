import { THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import type { Scheduler } from '../schedule/scheduler.js';
import { RoundRobinScheduler } from '../schedule/round-robin.js';
import type { Stretch } from './stretch.js';

/**
 * Follows segments on any model: a scheduler that looks where threads stand. A segment ends at its point, when its
 * thread waits, or at the beginning of a later operation when the model does not reach the point. After the last one
 * threads run round-robin, each until it waits.
 */
export class Replay implements Scheduler {
  readonly name = 'replay';
  private at = 0;
  private seen = 0;
  private begun = false;
  private readonly turns = new RoundRobinScheduler();
  private turn = -1;

  constructor(
    private readonly m: Machine,
    private readonly segments: readonly Stretch[],
  ) {}

  begin(threads: number): void {
    this.turns.begin(threads);
    this.at = 0;
    this.turn = -1;
    this.enter();
  }

  next(runnable: number): number {
    while (this.at < this.segments.length) {
      const s = this.segments[this.at];
      if ((runnable & (1 << s.thread)) !== 0 && !this.reached(s)) {
        this.begun = true;
        return s.thread;
      }
      this.at++;
      this.enter();
    }
    this.turn = this.turns.next(runnable, this.turn);
    return this.turn;
  }

  waited(t: number): void {
    if (this.at < this.segments.length && this.segments[this.at].thread === t) {
      this.at++;
      this.enter();
    }
  }

  private enter(): void {
    this.seen = 0;
    this.begun = false;
  }

  /** The segment's thread stands at its end. */
  private reached(s: Stretch): boolean {
    const at = this.m.layout.threadAt(s.thread);
    const operation = this.m.words[at + THREAD.OP];
    if (operation > s.operation) return true;
    if (!this.begun || operation < s.operation || s.pc === 0) return false;
    if (this.m.words[at + THREAD.PC] !== s.pc) return false;
    return ++this.seen >= s.occurrence;
  }
}
