import { hashHex } from '../base/hash.js';
import type { Machine } from '../machine/machine.js';
import { Recorder } from './recorder.js';
import { STEP_BUDGET } from './drive.js';
import type { TraceStep } from './lab.js';

/** A recorder that keeps what every step changed. For one run that people will read. */
export class Tracer extends Recorder {
  readonly steps: TraceStep[] = [];
  private readonly before: Int32Array;

  constructor(
    private readonly m: Machine,
    instructions: number,
  ) {
    super(instructions, STEP_BUDGET);
    this.before = new Int32Array(m.words);
  }

  override ran(t: number, operation: number, pc: number): void {
    super.ran(t, operation, pc);
    const { words } = this.m;
    const changes: TraceStep['changes'][number][] = [];
    for (let i = 0; i < words.length; i++) {
      if (words[i] !== this.before[i]) changes.push({ word: i, before: this.before[i]!, after: words[i]! });
    }
    this.before.set(words);
    this.steps.push({
      step: this.steps.length,
      thread: t,
      operation,
      path: this.m.code.instructions[pc]!.info.path,
      changes,
      hash: hashHex(words),
    });
  }
}
