import { hashHex } from '../base/hash.js';
import { MAX_OPERATIONS, type Machine } from '../machine/machine.js';
import { Recorder } from './recorder.js';
import { STEP_BUDGET } from './drive.js';
import type { TraceStep } from './lab.js';
import { describeResult } from './results.js';

/** A recorder that keeps what every step changed. For one run that people will read. */
export class Tracer extends Recorder {
  readonly steps: TraceStep[] = [];
  /** The words before the first step. */
  readonly start: Int32Array;
  private readonly before: Int32Array;
  private readonly results: Int32Array;

  constructor(
    private readonly m: Machine,
    instructions: number,
  ) {
    super(instructions, STEP_BUDGET);
    this.start = new Int32Array(m.words);
    this.before = new Int32Array(m.words);
    this.results = new Int32Array(m.results);
  }

  override ran(t: number, operation: number, pc: number): void {
    super.ran(t, operation, pc);
    const { words } = this.m;
    const changes: TraceStep['changes'][number][] = [];
    for (let i = 0; i < words.length; i++) {
      if (words[i] !== this.before[i]) changes.push({ word: i, before: this.before[i], after: words[i] });
    }
    this.before.set(words);
    const returned = this.returned(t, operation);
    this.steps.push({
      step: this.steps.length,
      thread: t,
      operation,
      path: this.m.code.info(pc).path,
      changes,
      hash: hashHex(words),
      ...(this.m.code.idle(pc) ? { idle: true } : {}),
      ...(returned === '' ? {} : { returned }),
    });
  }

  /** What the access of the operation returned in the step that just ran; '' when it returned nothing. */
  private returned(t: number, operation: number): string {
    const at = t * MAX_OPERATIONS + operation;
    if (this.m.results[at] === this.results[at]) return '';
    this.results[at] = this.m.results[at]!;
    return describeResult(this.results[at]);
  }
}
