import { THREAD } from '../machine/layout.js';
import { MAX_OPERATIONS, type Machine } from '../machine/machine.js';
import { Footprints, type Footprint } from './footprint.js';
import type { Futures } from './futures.js';

/**
 * Hot. Which steps are taken alone. A step is, when nothing that the other threads were seen to do from their operations in
 * flight on uses a word of its footprint in a way whose order with it matters: what they do can then as well be done after
 * it. What was not seen is taken for granted, and checked as the search goes on (see Futures). Threads that only ever go on
 * alone would come to no end: a step is taken alone only if it goes forward in its operation's text, or to the next one.
 * After P. Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems" (LNCS 1032, 1996), persistent sets,
 * and E. Clarke, O. Grumberg, D. Peled, "Model Checking" (1999), chapter 10, for the proviso; measured footprints in place
 * of declared ones, and a search that begins again in place of backtracking, are ours.
 */
export class Alone {
  /** What the last step used. */
  footprint: Footprint | undefined;
  private readonly footprints: Footprints;

  constructor(
    private readonly m: Machine,
    readonly futures: Futures,
  ) {
    this.footprints = new Footprints(m);
  }

  /** Takes the next step of thread `t`, and learns what it does. False when the thread waits. */
  step(t: number): boolean {
    const { footprints, futures } = this;
    const op = this.m.words[this.m.layout.threadAt(t) + THREAD.OP];
    const found = (this.footprint = footprints.step(t));
    if (footprints.fresh)
      for (let i = 0; i < found.words.length; i++) futures.learn(t, op, found.words[i], found.uses[i]);
    return found.went;
  }

  /** The step of thread `t` could be one that is taken alone, as far as its last time tells. */
  looks(t: number): boolean {
    const last = this.footprints.last(t);
    return last === undefined || this.isApart(t, last, false);
  }

  /**
   * Relies on the step that thread `t` has just taken, from instruction `pc` of its operation `op`, being one that is taken
   * alone. False when it is none.
   */
  rely(t: number, op: number, pc: number): boolean {
    const { m } = this;
    const at = m.layout.threadAt(t);
    if (m.words[at + THREAD.OP] === op && m.words[at + THREAD.PC] <= pc) return false;
    return this.isApart(t, this.footprint!, true);
  }

  /** Nothing that the others do from where they are on has an order with the footprint. */
  private isApart(t: number, footprint: Footprint, relied: boolean): boolean {
    const where = this.whereOthersAre(t);
    const had = footprint.alone.get(where);
    // what has an order with it keeps it; what was relied on is under watch
    if (had !== undefined) return had;
    let apart = true;
    for (let u = 0; u < this.m.layout.threads && apart; u++) {
      const from = this.operationOf(u);
      if (u !== t && from >= 0) apart = this.isApartFrom(u, from, footprint, relied);
    }
    if (relied || !apart) footprint.alone.set(where, apart);
    return apart;
  }

  private isApartFrom(u: number, from: number, { words, uses }: Footprint, relied: boolean): boolean {
    const { futures } = this;
    for (let i = 0; i < words.length; i++) if (!futures.apart(u, from, words[i], uses[i])) return false;
    if (!relied) return true;
    let holds = true;
    for (let i = 0; i < words.length; i++) if (!futures.rely(u, from, words[i], uses[i])) holds = false;
    return holds;
  }

  /** The operation that thread `u` has in flight, -1 when it has finished. */
  private operationOf(u: number): number {
    const { words, layout } = this.m;
    const at = layout.threadAt(u);
    return words[at + THREAD.PC] === 0 ? -1 : words[at + THREAD.OP];
  }

  private whereOthersAre(t: number): number {
    let where = 0;
    for (let u = 0; u < this.m.layout.threads; u++)
      where = where * (MAX_OPERATIONS + 1) + (u === t ? 0 : this.operationOf(u) + 1);
    return where;
  }
}
