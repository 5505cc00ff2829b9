import type { Anchor } from './anchors.js';
import { sameValue } from './assignments.js';
import type { Element } from './elements.js';

/**
 * Where the elements of a function's hunks stand among the steps of an operation: `at[i]` is the anchor of element i,
 * or -1. `rivals[i]` are anchors at which it could stand as well, or nearly so; then the place is a guess.
 */
export interface Alignment {
  readonly score: number;
  readonly at: readonly number[];
  readonly rivals: readonly (readonly number[])[];
}

/** What a match is worth, and what disagreement costs. A removed call must be there; an added one may be a slot. */
const WORTH = { call: 2, test: 1, let: 0.7, label: 2, goto: 1, removed: 4, added: 0.5, hint: 0.4 } as const;
const COST = {
  unmatched: 0.5,
  removedUnmatched: 4,
  skippedStep: 1,
  mostSkipped: 4,
  otherBlock: 0.75,
  sameBlock: 0.25,
};
/** Scores nearer than this are no decision. */
const MARGIN = 0.2;
/** Elements that are passed over in one go, at most. */
const REACH = 12;

/** The best order-preserving alignment: hunks show consecutive lines, so steps between two matches cost. */
export function align(elements: readonly Element[], anchors: readonly Anchor[]): Alignment {
  return new Aligner(elements, anchors).run();
}

export function fits(element: Element, anchor: Anchor): boolean {
  const byVerb = element.verbs.some((v) => anchor.verbs.includes(v));
  if (!byVerb && !(element.kind === 'test' && anchor.kind === 'test' && shared(element, anchor)))
    return false;
  if (element.kind === 'let')
    return (
      element.sign !== '+' && anchor.on && sameValue(element.call!.args[0], anchor.args[1], element.hints)
    );
  if (element.part !== undefined && element.sign === '+') return false;
  if (element.sign === '+') return anchor.kind === 'slot' && !anchor.on && !element.conditional;
  if (element.kind === 'label' || element.kind === 'goto') return anchor.kind === element.kind && anchor.on;
  return anchor.on && anchor.kind !== 'label' && anchor.kind !== 'goto';
}

/** Both are made with the same words. */
function shared(element: Element, anchor: Anchor): boolean {
  return element.hints.some((word) => anchor.hints.includes(word));
}

class Aligner {
  private readonly skipped: number[] = [0];
  private readonly seen: number[] = [0];
  private readonly worth: number[][];
  /** Anchors at which each element fits. */
  private readonly places: (readonly number[])[];

  constructor(
    private readonly elements: readonly Element[],
    private readonly anchors: readonly Anchor[],
  ) {
    const words = new Set(anchors.flatMap((a) => a.verbs));
    for (const e of elements) this.skipped.push(this.skipped[this.skipped.length - 1] + costOf(e, words));
    for (const a of anchors) this.seen.push(this.seen[this.seen.length - 1] + (a.seen ? 1 : 0));
    this.worth = elements.map((e) =>
      anchors.map((a) => (fits(e, a) ? worthOf(e) + (shared(e, a) ? WORTH.hint : 0) : -1)),
    );
    this.places = this.worth.map((row) => row.flatMap((w, j) => (w >= 0 ? [j] : [])));
  }

  run(): Alignment {
    const { best: before, from } = this.sweep();
    const after = this.sweepBack();
    const ends = this.ends(before);
    const at = this.trace(from, ends.end);
    const through = (i: number, j: number): number => before[i][j] + after[i][j] - this.worth[i][j];
    const rivals = at.map((j, i) =>
      j < 0 ? [] : this.places[i].flatMap((k) => (k !== j && through(i, k) > ends.score - MARGIN ? [k] : [])),
    );
    return { score: ends.score, at, rivals };
  }

  /** best[i][j]: the best of all alignments of the elements up to i that end with i at anchor j. */
  private sweep(): { readonly best: number[][]; readonly from: ([number, number] | undefined)[][] } {
    const best = this.table();
    const from = this.elements.map(() => this.anchors.map((): [number, number] | undefined => undefined));
    this.each((i, j) => {
      let top = -this.skipped[i];
      for (const h of this.near(i, -1))
        for (const k of this.places[h]) {
          if (k >= j) break;
          const score = best[h][k] + this.step(h, k, i, j);
          if (score > top) {
            top = score;
            from[i][j] = [h, k];
          }
        }
      best[i][j] = top + this.worth[i][j];
    });
    return { best, from };
  }

  /** The same from the end: the best of the elements from i on that begin with i at anchor j. */
  private sweepBack(): number[][] {
    const best = this.table();
    const last = this.elements.length - 1;
    for (let i = last; i >= 0; i--)
      for (const j of this.places[i]) {
        let top = this.skipped[i + 1] - this.skipped[last + 1];
        for (const h of this.near(i, 1))
          for (const k of this.places[h]) if (k > j) top = Math.max(top, best[h][k] + this.step(i, j, h, k));
        best[i][j] = top + this.worth[i][j];
      }
    return best;
  }

  /** The next elements in a direction that fit somewhere. */
  private near(i: number, direction: 1 | -1): readonly number[] {
    const out: number[] = [];
    for (let h = i + direction; h >= 0 && h < this.elements.length && out.length < REACH; h += direction)
      if (this.places[h].length > 0) out.push(h);
    return out;
  }

  private table(): number[][] {
    return this.elements.map(() => this.anchors.map(() => -Infinity));
  }

  private each(visit: (i: number, j: number) => void): void {
    for (let i = 0; i < this.elements.length; i++) for (const j of this.places[i]) visit(i, j);
  }

  /** What it costs to go from element h at anchor k straight to element i at anchor j. */
  private step(h: number, k: number, i: number, j: number): number {
    let cost = this.skipped[i] - this.skipped[h + 1];
    if (this.elements[h].hunk !== this.elements[i].hunk) return -cost;
    cost += Math.min(COST.mostSkipped, (this.seen[j] - this.seen[k + 1]) * COST.skippedStep);
    const [a, b] = [
      this.elements[h].block === this.elements[i].block,
      this.anchors[k].block === this.anchors[j].block,
    ];
    if (a && !b) cost += COST.otherBlock;
    if (!a && b) cost += COST.sameBlock;
    return -cost;
  }

  private ends(before: number[][]): { readonly score: number; readonly end?: readonly [number, number] } {
    const total = this.skipped[this.elements.length];
    let score = -total;
    let end: readonly [number, number] | undefined;
    this.each((i, j) => {
      const s = before[i][j] - (total - this.skipped[i + 1]);
      if (s <= score) return;
      score = s;
      end = [i, j];
    });
    return end === undefined ? { score } : { score, end };
  }

  private trace(
    from: readonly (readonly (readonly [number, number] | undefined)[])[],
    end: readonly [number, number] | undefined,
  ): readonly number[] {
    const at = this.elements.map(() => -1);
    for (let p = end; p !== undefined; p = from[p[0]][p[1]]) at[p[0]] = p[1];
    return at;
  }
}

function worthOf(e: Element): number {
  if (e.kind === 'let') return WORTH.let;
  if (e.sign === '-') return WORTH.removed;
  return e.sign === '+' ? WORTH.added : WORTH[e.kind];
}

function costOf(e: Element, words: ReadonlySet<string>): number {
  if (e.sign === '+' || e.kind === 'let') return 0;
  if (e.sign === '-') return e.kind === 'call' ? COST.removedUnmatched : COST.unmatched;
  return e.verbs.some((v) => words.has(v)) ? COST.unmatched : 0;
}
