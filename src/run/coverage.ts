import type { Code } from '../program/lower.js';
import { noLooks, type Hook, type Oracle } from '../oracle/oracle.js';
import type { Tally } from './lab.js';
import type { Workbench } from './workbench.js';

/** Counts what the candidate's runs reach: steps by path, pairs of operations on a page, questions to oracles. */
export class CoverageMeter {
  /** The visible steps; a step's number is its place here. */
  readonly stepNames: readonly string[];
  /** Number of the step by instruction, -1 for none. */
  private readonly stepOf: Int32Array;
  private readonly first: Int32Array;
  private readonly pairFirst = new Map<string, number>();
  private attempts = 0;

  constructor(
    private readonly code: Code,
    private readonly bench: Workbench,
    private readonly oracles: readonly Oracle[],
  ) {
    const numbers = new Map<string, number>();
    this.stepOf = new Int32Array(code.length).fill(-1);
    for (let pc = 1; pc < code.length; pc++) {
      if (!code.visible(pc)) continue;
      const { program, path } = code.info(pc);
      const name = `${program} ${path}`;
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      this.stepOf[pc] = number;
    }
    this.stepNames = [...numbers.keys()];
    this.first = new Int32Array(numbers.size).fill(-1);
  }

  /** To be called after each run that counts as an attempt: what it reached first is put down to it. */
  note(): void {
    const { recorder, memory } = this.bench;
    for (let i = 0; i < recorder.length; i++) {
      const step = this.stepOf[recorder.pcs[i]];
      if (step >= 0 && this.first[step] < 0) this.first[step] = this.attempts;
    }
    if (memory.overlap.size > this.pairFirst.size)
      for (const pair of memory.overlap.pairs().keys())
        if (!this.pairFirst.has(pair)) this.pairFirst.set(pair, this.attempts);
    this.attempts++;
  }

  tally(): Tally {
    const steps = new Float64Array(this.stepNames.length);
    const { hits } = this.bench.recorder;
    for (let pc = 0; pc < hits.length; pc++) if (this.stepOf[pc] >= 0) steps[this.stepOf[pc]] += hits[pc];
    const { overlap, looks } = this.bench.memory;
    const askedOf = (o: Oracle): number =>
      (Object.keys(looks) as Hook[]).reduce((n, hook) => n + (o[hook] === undefined ? 0 : looks[hook]), 0);
    return {
      steps,
      stepFirst: this.first.slice(),
      pairs: [...overlap.pairs()].map(([name, n]) => [name, n, this.pairFirst.get(name) ?? -1]),
      asked: this.oracles.map((o) => [o.name, askedOf(o)]),
    };
  }

  slotHits(site: string, slot: string): number {
    const { hits } = this.bench.recorder;
    return hits.reduce((n, times, pc) => {
      const info = this.code.info(pc);
      return n + (info.site === site && info.slot === slot ? times : 0);
    }, 0);
  }

  reset(): void {
    this.bench.recorder.hits.fill(0);
    this.bench.memory.overlap.reset();
    Object.assign(this.bench.memory.looks, noLooks());
    this.first.fill(-1);
    this.pairFirst.clear();
    this.attempts = 0;
  }
}
