import { hashText } from '../base/hash.js';
import { Prng } from '../base/prng.js';
import type { Case } from '../scenario/case.js';
import type { Scheduler } from '../schedule/scheduler.js';
import { chances } from './chances.js';
import type { Shown } from './compare.js';
import { Early } from './early.js';
import { Guided, hear, noteEffects, type Effect } from './guided.js';
import { merges, nearby, without } from './perturb.js';
import { Replay } from './replay.js';
import { searcher } from './searcher.js';
import { show } from './show.js';
import type { Stretch } from './stretch.js';
import type { Workbench } from './workbench.js';

/** Schedules that are tried before two models are said to diverge: near the aligned one, and merges of its stretches. */
const NEARBY = 600;
const MERGES = 2000;
/** Steps of a run before which an operation is tried early. */
const EARLY = 400;

/** The schedule, and after it what is left of each thread: so that a thread that ends late in it can end last. */
function toTheEnd(c: Case, stretches: readonly Stretch[]): readonly Stretch[] {
  const ends = c.threads.flatMap(({ operations }, thread) =>
    operations.length === 0 ? [] : [{ thread, operation: operations.length - 1, pc: 0, occurrence: 1 }],
  );
  return [...stretches, ...ends];
}

/** Tells two models that differ in timing, or in how chance fell, from two that give different results. */
export class TimingSearch {
  constructor(
    private readonly candidate: Workbench,
    private readonly reference: Workbench,
    private readonly stretches: (c: Case) => readonly Stretch[],
  ) {}

  /**
   * True when the reference gives the candidate's results under another schedule, whichever way chance falls there: with
   * the same effects in the same order, with one operation early, without a stretch or two of the aligned schedule, near
   * it, in a merge of its stretches, or under one of `search` others.
   */
  finds(c: Case, search: number, sameResults: (shown: Shown) => boolean): boolean {
    const same = (shown: Shown): boolean =>
      shown.violation === undefined && !shown.inconclusive && sameResults(shown);
    const order = [this.effects(c, false), this.effects(c, true)] as const;
    for (const other of chances(c)) {
      if (same(this.guided(other, order[0], false)) || same(this.guided(other, order[1], true))) return true;
      for (const shown of this.others(other, search)) if (same(shown)) return true;
    }
    return false;
  }

  private *others(c: Case, search: number): Generator<Shown> {
    const stretches = this.stretches(c);
    yield* this.early(c, stretches);
    const prng = new Prng(`timing ${hashText(JSON.stringify({ ...c, schedule: [] }))}`);
    for (const fewer of without(stretches, NEARBY)) yield this.follow(c, fewer);
    // a stretch ends where its thread waits: what is left runs in turns, or thread by thread
    for (const schedule of [stretches, toTheEnd(c, stretches)]) {
      for (const near of nearby(schedule, Math.max(NEARBY, search))) yield this.follow(c, near);
      for (const merged of merges(schedule, prng, Math.max(MERGES, search))) yield this.follow(c, merged);
    }
    for (let i = 0; i < search; i++) yield this.run(c, () => searcher(prng, i));
  }

  /** The aligned schedule with one operation of one thread early, before each step in turn, the last first. */
  private *early(c: Case, stretches: readonly Stretch[]): Generator<Shown> {
    const { steps } = this.follow(c, stretches);
    for (let at = Math.min(steps, EARLY) - 1; at >= 0; at--)
      for (let thread = 0; thread < c.threads.length; thread++)
        yield this.run(c, (m) => new Early(m, new Replay(m, stretches), at, thread));
  }

  private follow(c: Case, stretches: readonly Stretch[]): Shown {
    return this.run(c, (m) => new Replay(m, stretches));
  }

  private run(c: Case, scheduler: (m: ReturnType<Workbench['prepare']>) => Scheduler): Shown {
    const m = this.reference.prepare(c);
    return show(this.reference.run(m, scheduler(m)));
  }

  /** The effects of the candidate's run in their order, with or without changes of entries. */
  private effects(c: Case, changes: boolean): readonly Effect[] {
    const m = this.candidate.prepare(c);
    const noted = noteEffects(m, this.candidate.memory, changes);
    this.candidate.run(m, new Replay(m, this.stretches(c)));
    return noted();
  }

  /** The reference's run with effects in a given order. */
  private guided(c: Case, order: readonly Effect[], changes: boolean): Shown {
    const { memory } = this.reference;
    const shown = this.run(c, () => new Guided(order, memory, changes));
    hear(memory, undefined, changes);
    return shown;
  }
}
