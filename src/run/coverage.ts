import type { Code } from '../program/lower.js';
import { noLooks, type Hook, type Oracle } from '../oracle/oracle.js';
import type { Tally } from './lab.js';
import type { Workbench } from './workbench.js';

/** The visible steps of a code, numbered in the order of their first instructions. */
interface Numbers {
  readonly names: readonly string[];
  /** Number of the step by instruction, -1 for none. */
  readonly of: Int32Array;
}

/**
 * Counts what the candidate's runs reach: steps by path, pairs of operations on a page, questions to oracles; and the
 * steps that the reference alone reaches.
 */
export class CoverageMeter {
  private numbers: Numbers | undefined;
  /** The attempt that first reached the instruction, -1 for none. */
  private readonly first: Int32Array;
  private readonly pairFirst = new Map<string, number>();
  private attempts = 0;

  constructor(
    private readonly code: Code,
    private readonly bench: Workbench,
    private readonly oracles: readonly Oracle[],
    private readonly reference: Workbench,
    /** 1 for each instruction that only one of the two models has. */
    private readonly differs: Uint8Array,
  ) {
    this.first = new Int32Array(code.length).fill(-1);
  }

  /** The visible steps; a step's number is its place here. */
  get stepNames(): readonly string[] {
    return this.steps.names;
  }

  /** Made when somebody asks by name: many laboratories count nothing. */
  private get steps(): Numbers {
    return (this.numbers ??= numbersOf(this.code));
  }

  /** To be called after each run that counts as an attempt: what it reached first is put down to it. */
  note(): void {
    const { recorder, memory } = this.bench;
    for (let i = 0; i < recorder.length; i++) {
      const pc = recorder.pcs[i];
      if (this.first[pc] < 0) this.first[pc] = this.attempts;
    }
    if (memory.overlap.size > this.pairFirst.size)
      for (const pair of memory.overlap.pairs().keys())
        if (!this.pairFirst.has(pair)) this.pairFirst.set(pair, this.attempts);
    this.attempts++;
  }

  tally(): Tally {
    const { names, of } = this.steps;
    const steps = new Float64Array(names.length);
    const stepFirst = new Int32Array(names.length).fill(-1);
    const { hits } = this.bench.recorder;
    for (let pc = 0; pc < hits.length; pc++) {
      const step = of[pc];
      if (step < 0) continue;
      steps[step] += hits[pc];
      const first = this.first[pc];
      if (first >= 0 && (stepFirst[step] < 0 || first < stepFirst[step])) stepFirst[step] = first;
    }
    const { overlap, looks } = this.bench.memory;
    const askedOf = (o: Oracle): number =>
      (Object.keys(looks) as Hook[]).reduce((n, hook) => n + (o[hook] === undefined ? 0 : looks[hook]), 0);
    return {
      steps,
      stepFirst,
      pairs: [...overlap.pairs()].map(([name, n]) => [name, n, this.pairFirst.get(name) ?? -1]),
      asked: this.oracles.map((o) => [o.name, askedOf(o)]),
      reference: this.onReference(steps),
    };
  }

  private onReference(steps: Float64Array): readonly (readonly [number, number])[] {
    const { of } = this.steps;
    const out = new Map<number, number>();
    this.reference.recorder.hits.forEach((n, pc) => {
      const step = of[pc];
      if (step < 0 || n === 0 || this.reference.code.idle(pc)) return;
      if (this.differs[pc] === 1 || steps[step] === 0) out.set(step, (out.get(step) ?? 0) + n);
    });
    return [...out];
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
    this.reference.recorder.hits.fill(0);
    this.bench.memory.overlap.reset();
    Object.assign(this.bench.memory.looks, noLooks());
    this.first.fill(-1);
    this.pairFirst.clear();
    this.attempts = 0;
  }
}

function numbersOf(code: Code): Numbers {
  const numbers = new Map<string, number>();
  const of = new Int32Array(code.length).fill(-1);
  for (let pc = 1; pc < code.length; pc++) {
    if (!code.visible(pc)) continue;
    const { program, path } = code.info(pc);
    const name = `${program} ${path}`;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    of[pc] = number;
  }
  return { names: [...numbers.keys()], of };
}
