import { step } from '../machine/execute.js';
import { THREAD } from '../machine/layout.js';
import { MAX_OPERATIONS, type Machine } from '../machine/machine.js';
import type { LogicalMemory } from '../oracle/logical-memory.js';
import type { Violation } from '../oracle/verdict.js';
import { unfinished } from '../run/drive.js';
import { Alone } from './alone.js';
import { Changes } from './changes.js';
import { endOf, endText } from './end.js';
import type { Explored, Outcome, Reached, Wanted } from './explored.js';
import type { Futures } from './futures.js';
import { Growth } from './growth.js';
import { SharedStateSet } from './shared-state-set.js';
import { StateSet } from './state-set.js';
import { Symmetry } from './symmetry.js';

const ASK_EVERY = 1 << 14;

/** One state on the current path: which threads are still to be tried from here. */
interface Level {
  /** The thread whose step led here, -1 at the start. */
  readonly by: number;
  /** Preemptions on the way. */
  readonly used: number;
  /** Bits of the threads that are still to be tried. */
  left: number;
  /** Bits of the threads that turned out to be able to go on. */
  able: number;
  /** States that had been met when this one was, for the estimate. */
  readonly before: number;
  /** One step may be taken alone. */
  readonly single: boolean;
}

/** One depth-first search over states. */
export class Search {
  private readonly seen: StateSet | SharedStateSet;
  private readonly changes: Changes;
  private readonly path: Level[] = [];
  private readonly verdicts = new Map<string, Reached<Violation>>();
  private readonly outcomes = new Map<string, Outcome>();
  private transitions = 0;
  private ends = 0;
  private deepest = 0;
  private complete = true;
  private latent = false;
  private readonly growth = new Growth();
  private readonly alone: Alone | undefined;
  /** The thread that is tried first where there is no better reason. */
  private readonly turn: number;
  private added = 0;
  private ownsStart = false;
  private readonly symmetry: Symmetry;

  constructor(
    private readonly m: Machine,
    private readonly l: LogicalMemory,
    private readonly wanted: Wanted,
    futures: Futures | undefined,
  ) {
    this.seen =
      wanted.shared === undefined
        ? new StateSet(wanted.bounds.states)
        : new SharedStateSet(wanted.shared.table);
    this.turn = (wanted.shared?.worker ?? 0) % m.layout.threads;
    this.changes = new Changes(m, wanted.outcomes);
    this.symmetry = new Symmetry(m);
    this.alone = futures && new Alone(m, futures);
  }

  run(): Omit<Explored, 'futures'> {
    if (this.l.violation === undefined) this.enter(-1, 0);
    while (this.path.length > 0 && !this.isVoid) {
      const level = this.path[this.path.length - 1];
      const t = this.nextOf(level);
      if (t < 0) this.leave(level);
      else this.try(level, t);
    }
    return {
      states: this.added,
      transitions: this.transitions,
      ends: this.ends,
      deepest: this.deepest,
      complete: this.complete && !this.isVoid,
      void: this.isVoid,
      verdicts: this.verdicts,
      latent: this.latent,
      outcomes: this.outcomes,
    };
  }

  /** A new state: its threads are to be tried. */
  private enter(by: number, used: number): void {
    const { m, wanted } = this;
    const all = unfinished(m);
    const left = wanted.reductions.symmetry ? all & this.symmetry.toldApart() : all;
    // every worker begins here; the first one counts it
    if (by < 0 && this.seen.add(this.changes.low, this.changes.high)) {
      this.added++;
      this.ownsStart = true;
    }
    // a thread that another one stands for was not seen to do what it could
    const single = this.alone !== undefined && left === all;
    this.path.push({ by, used, left, able: 0, before: this.added, single });
    this.deepest = Math.max(this.deepest, this.path.length - 1);
  }

  /** The thread to try next: the one that ran last first, since leaving it while it could go on is a preemption. */
  private nextOf(level: Level): number {
    if (level.left === 0) return -1;
    const { by } = level;
    if (level.single && level.able === 0)
      for (let t = 0; t < this.m.layout.threads; t++)
        if ((level.left & (1 << t)) !== 0 && this.alone!.looks(t)) return t;
    const bounded = this.wanted.bounds.preemptions !== Infinity;
    if (by >= 0 && (level.left & (1 << by)) !== 0 && (bounded || this.turn === 0)) return by;
    const preempts = by >= 0 && (level.able & (1 << by)) !== 0;
    if (preempts && level.used >= this.wanted.bounds.preemptions) return -1;
    const later = level.left & (-1 << this.turn);
    const from = later !== 0 ? later : level.left;
    return 31 - Math.clz32(from & -from);
  }

  private try(level: Level, t: number): void {
    const { m, l, alone } = this;
    level.left &= ~(1 << t);
    const at = m.layout.threadAt(t);
    const op = m.words[at + THREAD.OP];
    const pc = m.words[at + THREAD.PC];
    const slot = t * MAX_OPERATIONS + op;
    const result = m.results[slot];
    l.step = this.path.length - 1;
    if (!(alone === undefined ? step(m, t) : alone.step(t))) {
      if (l.violation !== undefined) this.fail(t); // a rule is broken by asking, and then it waits
      return;
    }
    level.able |= 1 << t;
    // every worker begins at the start; what leads away from it is counted once
    if (this.path.length > 1 || this.ownsStart) this.transitions++;
    this.changes.take(slot, result, alone?.footprint?.words);
    // a verdict ends what the others would have done, and results are no words
    const plain = l.violation === undefined && m.results[slot] === result;
    if (level.single && plain && alone!.rely(t, op, pc)) level.left = 0;
    if (this.isVoid) return;
    const preempts = level.by >= 0 && level.by !== t && (level.able & (1 << level.by)) !== 0;
    this.arrive(t, level.used + (preempts ? 1 : 0));
  }

  private get isVoid(): boolean {
    return this.alone?.futures.broken === true;
  }

  /** After a step: a verdict, an end, a state seen before, or a new one. */
  private arrive(t: number, used: number): void {
    const { m, l, wanted } = this;
    if (l.latent > 0) this.noteLatent();
    if (l.violation !== undefined) this.fail(t);
    else if (this.isNew(t, used)) {
      if (unfinished(m) !== 0) {
        this.enter(t, used);
        if ((this.added & (ASK_EVERY - 1)) === 0 && wanted.stopped?.(this.added, this.done()) === true)
          this.stop();
        return;
      }
      this.end(t);
    }
    this.note(0);
    this.changes.undo();
  }

  /** The state was not met before, and there is room for it. */
  private isNew(t: number, used: number): boolean {
    const { bounds } = this.wanted;
    if (this.path.length > bounds.depth || this.seen.full) {
      this.complete = false;
      return false;
    }
    const extra = bounds.preemptions === Infinity ? 0 : (t + 1) * 64 + used;
    if (!this.seen.add(this.changes.low ^ Math.imul(extra, 0x9e3779b1), this.changes.high ^ extra))
      return false;
    this.added++;
    return true;
  }

  /** Share of the states that are met by now, between 0 and 1: an estimate. */
  private done(): number {
    const { preemptions } = this.wanted.bounds;
    const left = this.path.map(({ by, used, left: threads, able }) => {
      const goesOn = by >= 0 && (able & (1 << by)) !== 0;
      return goesOn && used >= preemptions ? 0 : bits(threads);
    });
    return this.added / (this.added + this.growth.toCome([0, ...left]));
  }

  private stop(): void {
    this.complete = false;
    for (const level of this.path) level.left = 0;
  }

  private noteLatent(): void {
    this.latent = true;
    this.l.latent = 0;
    this.l.latentAt = undefined;
  }

  /** Everybody has finished: every page is judged. */
  private end(t: number): void {
    const { l } = this;
    this.ends++;
    l.end();
    if (l.latent > 0) this.noteLatent();
    if (l.violation !== undefined) return this.fail(t);
    this.noteEnd(undefined, t);
  }

  private fail(t: number): void {
    const v = this.l.violation!;
    this.l.violation = undefined;
    this.noteEnd(v, t);
    const key = `${v.kind} ${v.agent} ${v.addr}`;
    const had = this.verdicts.get(key);
    if (had === undefined || had.path.length > this.path.length)
      this.verdicts.set(key, { what: v, path: this.wayBy(t) });
  }

  /** The way to where the last step led, which was `t`'s; without one, to the state on top of the path. */
  private wayBy(t: number): number[] {
    const way = this.path.slice(1).map((x) => x.by);
    return t < 0 ? way : [...way, t];
  }

  /** `t`: the thread of the last step, -1 when there was none after the state on top of the path. */
  private noteEnd(v: Violation | undefined, t: number): void {
    if (!this.wanted.outcomes) return;
    // every worker begins at the start, and takes the same steps away from it
    if (this.path.length <= 1 && !this.ownsStart) return;
    const steps = this.path.length - (t < 0 ? 1 : 0);
    const end = endOf(this.m, v);
    const key = endText(this.m, end);
    const had = this.outcomes.get(key);
    const times = (had?.times ?? 0) + 1;
    const path = had !== undefined && had.path.length <= steps ? had.path : this.wayBy(t);
    this.outcomes.set(key, { what: end, path, times });
  }

  /** All threads of the state have been tried. */
  private leave(level: Level): void {
    if (level.able === 0 && this.complete) this.stuck();
    this.path.pop();
    if (this.path.length === 0) return;
    this.note(this.added - level.before);
    this.changes.undo();
  }

  /** A branch of the state on top of the path is behind. What is left there are later ones, which the first tells nothing of. */
  private note(states: number): void {
    const { able } = this.path[this.path.length - 1];
    if ((able & (able - 1)) !== 0) this.growth.note(this.path.length, states);
  }

  private stuck(): void {
    const { m, l } = this;
    const waiting = unfinished(m);
    const first = 31 - Math.clz32(waiting & -waiting);
    l.fail('deadlock', first, -1, 'nobody can go on');
    const v = l.violation!;
    l.violation = undefined;
    this.noteEnd(v, -1);
    const had = this.verdicts.get('deadlock');
    if (had !== undefined && had.path.length < this.path.length) return;
    this.verdicts.set('deadlock', { what: v, path: this.wayBy(-1) });
  }
}

function bits(mask: number): number {
  let n = 0;
  for (let x = mask; x !== 0; x &= x - 1) n++;
  return n;
}
