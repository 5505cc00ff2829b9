import { THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import type { Stretch } from './stretch.js';

/**
 * Hot. What ran: a thread, the operation and the instruction of every step, in order; and how often each instruction
 * ran at all, over many runs.
 */
export class Recorder {
  length = 0;
  readonly threads: Int32Array;
  readonly operations: Int32Array;
  readonly pcs: Int32Array;
  /** Executions of each instruction since the last reset. */
  readonly hits: Float64Array;

  constructor(instructions: number, budget: number) {
    this.threads = new Int32Array(budget + 1);
    this.operations = new Int32Array(budget + 1);
    this.pcs = new Int32Array(budget + 1);
    this.hits = new Float64Array(instructions);
  }

  begin(): void {
    this.length = 0;
  }

  ran(t: number, operation: number, pc: number): void {
    const i = this.length++;
    this.threads[i] = t;
    this.operations[i] = operation;
    this.pcs[i] = pc;
  }

  /** The run is over: its steps are counted. */
  ended(): void {
    const { pcs, hits } = this;
    for (let i = 0; i < this.length; i++) hits[pcs[i]]++;
  }

  /** The run as segments: each ends where its thread stands when another takes over. */
  segments(m: Machine): Stretch[] {
    const out: Stretch[] = [];
    let i = 0;
    while (i < this.length) {
      const t = this.threads[i];
      let end = i;
      while (end < this.length && this.threads[end] === t) end++;
      out.push(this.stretch(m, t, i, end));
      i = end;
    }
    return out;
  }

  /** Steps [from, end) of thread `t` as one stretch. */
  private stretch(m: Machine, t: number, from: number, end: number): Stretch {
    let next = end;
    while (next < this.length && this.threads[next] !== t) next++;
    const at = m.layout.threadAt(t);
    const operation = next < this.length ? this.operations[next] : m.words[at + THREAD.OP];
    const pc = next < this.length ? this.pcs[next] : m.words[at + THREAD.PC];
    if (pc === 0) return { thread: t, operation: this.operations[end - 1], pc: 0, occurrence: 1 };
    let occurrence = 1;
    for (let k = from + 1; k < end; k++)
      if (this.pcs[k] === pc && this.operations[k] === operation) occurrence++;
    return { thread: t, operation, pc, occurrence };
  }
}
