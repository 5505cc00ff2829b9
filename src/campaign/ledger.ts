import type { Finding, FindingClass } from '../run/finding.js';
import type { Coverage, Tally } from '../run/lab.js';
import { nextSample } from './bucket.js';
import { lineOf, type Emphasis, type Line } from './line.js';
import { Rarity } from './rarity.js';
import { roundOf, roundSize } from './rounds.js';
import type { BatchResult, BatchTask } from './task.js';

/** A finding that was chosen to be shrunk and saved. */
export interface Sample {
  readonly key: string;
  readonly index: number;
  readonly finding: Finding;
  /** It is the key's first: the key's hits are counted for the bucket that it ends in. */
  readonly first: boolean;
}

interface KeyCount {
  readonly class: FindingClass;
  hits: number;
  taken: number;
}

/**
 * The books of a campaign. Batches may come in any order; they are entered in the order of their cases, so that which
 * findings are taken depends on nothing but the cases.
 */
export class Ledger {
  cases = 0;
  /** Micro-steps. */
  microSteps = 0;
  inconclusive = 0;
  /** Case that first reached a thing, and how that case comes about. */
  readonly firsts = new Map<string, Line>();
  private readonly steps: Float64Array;
  private readonly pairs = new Map<string, number>();
  private readonly asked = new Map<string, number>();
  private readonly reference = new Map<string, number>();
  private readonly keys = new Map<string, KeyCount>();
  private readonly early = new Map<number, { batch: BatchResult; task: BatchTask }>();
  private next = 0;
  private readonly rarity = new Rarity();
  /** Rounds that are entered to their end, the batches of the one after them that are, and what rounds go for. */
  private round = 0;
  private ofRound = 0;
  private readonly emphases = new Map<number, Emphasis>();

  /** `batch`: cases of every batch but the last. */
  constructor(
    private readonly stepNames: readonly string[],
    private readonly batch: number,
  ) {
    this.steps = new Float64Array(stepNames.length);
  }

  get coverage(): Coverage {
    const steps = new Map<string, number>();
    this.steps.forEach((n, step) => n > 0 && steps.set(this.stepNames[step], n));
    return { steps, pairs: this.pairs, asked: this.asked, reference: this.reference };
  }

  /** What the batch that begins with case `from` goes for; undefined as long as that cannot be known. */
  emphasisFor(from: number): Emphasis | undefined {
    const round = roundOf(from / this.batch);
    if (round < 2) return [];
    return this.emphases.get(round);
  }

  /** Enters a batch. Returns the samples that are due now, in order. */
  add(batch: BatchResult, task: BatchTask): Sample[] {
    this.early.set(batch.from, { batch, task });
    const due: Sample[] = [];
    for (let b = this.early.get(this.next); b !== undefined; b = this.early.get(this.next)) {
      this.early.delete(this.next);
      this.next += b.task.count;
      due.push(...this.enter(b.batch, b.task));
      this.endRound();
    }
    return due;
  }

  private endRound(): void {
    if (++this.ofRound < roundSize(this.round)) return;
    this.ofRound = 0;
    this.emphases.delete(this.round);
    this.emphases.set(this.round + 2, this.rarity.emphasis());
    this.round++;
  }

  private enter(batch: BatchResult, task: BatchTask): Sample[] {
    this.cases += batch.cases;
    this.microSteps += batch.steps;
    this.inconclusive += batch.inconclusive;
    this.count(batch.tally, (nth) => lineOf(task.seed, task.from + nth, task.emphasis), batch.cases);
    const due: Sample[] = [];
    for (const hit of batch.hits) {
      const known = this.keys.get(hit.key) ?? { class: hit.samples[0].finding.class, hits: 0, taken: 0 };
      for (const { index, finding, nth } of hit.samples) {
        if (known.hits + nth < nextSample(finding, known.taken)) continue;
        due.push({ key: hit.key, index, finding, first: known.taken === 0 });
        known.taken++;
      }
      known.hits += hit.count;
      this.keys.set(hit.key, known);
    }
    return due.sort((a, b) => a.index - b.index);
  }

  private count(tally: Tally, lineAt: (nth: number) => Line, cases: number): void {
    const { steps, stepFirst, pairs, asked, reference } = tally;
    for (let step = 0; step < steps.length; step++) {
      if (steps[step] > 0 && this.steps[step] === 0 && stepFirst[step] >= 0)
        this.firsts.set(`step ${this.stepNames[step]}`, lineAt(stepFirst[step]));
      this.steps[step] += steps[step];
    }
    for (const [name, n, first] of pairs) {
      if (!this.pairs.has(name) && first >= 0) this.firsts.set(`pair ${name}`, lineAt(first));
      this.pairs.set(name, (this.pairs.get(name) ?? 0) + n);
    }
    for (const [name, n] of asked) this.asked.set(name, (this.asked.get(name) ?? 0) + n);
    for (const [step, n] of reference) {
      const name = this.stepNames[step];
      this.reference.set(name, (this.reference.get(name) ?? 0) + n);
    }
    this.rarity.add(tally, cases, lineAt);
  }

  hits(key: string): number {
    return this.keys.get(key)?.hits ?? 0;
  }

  /** Cases by what they showed under the aligned schedule, before any search. */
  byClass(): Map<FindingClass, number> {
    const out = new Map<FindingClass, number>();
    for (const k of this.keys.values()) out.set(k.class, (out.get(k.class) ?? 0) + k.hits);
    return out;
  }
}
