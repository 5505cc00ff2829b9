import { THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import type { LogicalMemory } from '../oracle/logical-memory.js';
import { RoundRobinScheduler } from '../schedule/round-robin.js';
import type { Scheduler } from '../schedule/scheduler.js';

/** One effect of a run: an access took place, an operation returned, or it took something away from an entry. */
export interface Effect {
  readonly thread: number;
  readonly operation: number;
}

/** Notes the effects of a run on `m` in order, with or without changes of entries, until the answer is called. */
export function noteEffects(m: Machine, l: LogicalMemory, changes: boolean): () => readonly Effect[] {
  const effects: Effect[] = [];
  const note = (thread: number): void => {
    effects.push({ thread, operation: m.words[m.layout.threadAt(thread) + THREAD.OP] });
  };
  hear(l, note, changes);
  return () => {
    hear(l, undefined, changes);
    return effects;
  };
}

/** Who hears of effects; nobody when `who` is left out. */
export function hear(l: LogicalMemory, who: ((thread: number) => void) | undefined, changes: boolean): void {
  l.log = who;
  l.onReturn = who;
  l.onChange = changes ? who : undefined;
}

/**
 * Lets effects happen in a given order: the thread of the next effect runs until it has happened, the others only
 * while that thread waits. If two models differ in timing alone, the effects of one in the order of the other's give
 * the same results.
 */
export class Guided implements Scheduler {
  readonly name = 'guided';
  private at = 0;
  private readonly turns = new RoundRobinScheduler();
  private turn = -1;

  constructor(
    private readonly effects: readonly Effect[],
    l: LogicalMemory,
    changes: boolean,
  ) {
    const happened = (thread: number): void => {
      if (this.effects[this.at]?.thread === thread) this.at++;
    };
    hear(l, happened, changes);
  }

  begin(threads: number): void {
    this.turns.begin(threads);
  }

  next(runnable: number): number {
    const wanted = this.effects[this.at]?.thread ?? -1;
    if (wanted >= 0 && (runnable & (1 << wanted)) !== 0) return wanted;
    this.turn = this.turns.next(runnable, this.turn);
    return this.turn;
  }

  waited(): void {
    // The thread is not runnable at the next question.
  }
}
