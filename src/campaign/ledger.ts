import type { Finding, FindingClass } from '../run/finding.js';
import type { Coverage } from '../run/lab.js';
import { nextSample } from './bucket.js';
import type { BatchResult } from './task.js';

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
  steps = 0;
  inconclusive = 0;
  readonly coverage: Coverage = { steps: new Map(), pairs: new Map(), asked: new Map() };
  /** Case that first reached a thing. Filled when the batches carry it. */
  readonly firsts = new Map<string, number>();
  private readonly keys = new Map<string, KeyCount>();
  private readonly early = new Map<number, { batch: BatchResult; count: number }>();
  private next = 0;

  /** Enters a batch that was asked for `count` cases. Returns the samples that are due now, in order. */
  add(batch: BatchResult, count: number): Sample[] {
    this.early.set(batch.from, { batch, count });
    const due: Sample[] = [];
    for (let b = this.early.get(this.next); b !== undefined; b = this.early.get(this.next)) {
      this.early.delete(this.next);
      this.next += b.count;
      due.push(...this.enter(b.batch));
    }
    return due;
  }

  private enter(batch: BatchResult): Sample[] {
    this.cases += batch.cases;
    this.steps += batch.steps;
    this.inconclusive += batch.inconclusive;
    merge(this.coverage.steps, batch.coverage.steps);
    merge(this.coverage.pairs, batch.coverage.pairs);
    merge(this.coverage.asked, batch.coverage.asked);
    for (const [name, index] of batch.firsts) if (!this.firsts.has(name)) this.firsts.set(name, index);
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

function merge(into: Map<string, number>, counts: readonly (readonly [string, number])[]): void {
  for (const [name, n] of counts) into.set(name, (into.get(name) ?? 0) + n);
}
