import type { Tally } from '../run/lab.js';
import { LONGEST_LINE, type Emphasis, type Line } from './line.js';

/** A thing is rare when fewer runs than one in so many reach it. */
const RARE = 100;
/** Rare things that a round goes for, the rarest first. */
const MOST = 128;
/** Lines kept for one thing; each comes from another batch. */
const LINES = 4;

interface Thing {
  count: number;
  readonly lines: Line[];
}

/** Counts what was reached, and keeps cases that reached what is rare. A function of the tallies in their order. */
export class Rarity {
  private readonly steps: Thing[] = [];
  private readonly pairs = new Map<string, Thing>();
  private cases = 0;

  /** `lineAt` says how the case came about that was the batch's `nth`. */
  add(tally: Tally, cases: number, lineAt: (nth: number) => Line): void {
    this.cases += cases;
    tally.steps.forEach((count, step) => {
      if (count === 0) return;
      const thing = (this.steps[step] ??= { count: 0, lines: [] });
      this.met(thing, count, tally.stepFirst[step], lineAt);
    });
    for (const [pair, count, first] of tally.pairs) {
      const thing = this.pairs.get(pair) ?? { count: 0, lines: [] };
      this.pairs.set(pair, thing);
      this.met(thing, count, first, lineAt);
    }
  }

  private met(thing: Thing, count: number, first: number, lineAt: (nth: number) => Line): void {
    thing.count += count;
    if (first < 0 || !this.isRare(thing)) return;
    const line = lineAt(first);
    if (line.length >= LONGEST_LINE) return;
    thing.lines.push(line);
    // The latest are nearest to what is still rare; the first of all is drawn afresh.
    if (thing.lines.length > LINES) thing.lines.splice(1, 1);
  }

  private isRare(thing: Thing): boolean {
    return thing.count * RARE < this.cases;
  }

  /** What to go for next. Things that the same cases reached are one thing. */
  emphasis(): Emphasis {
    const rare = [...this.steps, ...this.pairs.values()]
      .filter((t) => t !== undefined && t.lines.length > 0 && this.isRare(t))
      .sort((a, b) => a.count - b.count);
    const groups = new Map<string, readonly Line[]>();
    for (const { lines } of rare) {
      if (groups.size === MOST) break;
      groups.set(lines.join(' '), [...lines]);
    }
    return [...groups.values()];
  }
}
