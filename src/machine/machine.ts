import type { Code } from '../program/lower.js';
import type { HardwareSet } from './hardware.js';
import { Layout, THREAD } from './layout.js';
import { nobody, type Observer } from './observer.js';

/** One operation of a thread's program, ready to run. */
export interface ProgramStep {
  /** Name of the program operation. */
  readonly name: string;
  readonly args: readonly number[];
  /** Bit set of the choices that go the unusual way. */
  readonly choices: number;
  /** The value that its writes leave behind, see oracle/values. */
  readonly tag: number;
}

/** How an access ended, when it did not end with a value. */
export const OK = 0;
export const SIGSEGV = 1;
export const SIGBUS = 2;

/** What the accesses of one operation returned: read values in order, then how it ended. */
export interface Result {
  readonly values: number[];
  error: number;
}

/**
 * One model on one world: the words that decide, the code that changes them, and who watches.
 * Hot: `words` and the fields that primitives read. Results and the observer's state explain, they never decide.
 */
export class Machine {
  words: Int32Array;
  /** Threads whose last try found nothing to do; cleared when anything changes. Derived, never hashed. */
  blocked = 0;
  observer: Observer = nobody;
  results: Result[][] = [];

  constructor(
    readonly layout: Layout,
    readonly code: Code,
    readonly programs: readonly (readonly ProgramStep[])[],
    readonly hardware: HardwareSet,
  ) {
    this.words = new Int32Array(layout.size);
    this.results = programs.map(() => []);
  }

  /** Copies the words into `into`, which is as long. */
  snapshot(into: Int32Array): void {
    into.set(this.words);
  }

  restore(from: Int32Array): void {
    this.words.set(from);
    this.blocked = 0;
  }

  /** True while the thread has steps left. */
  unfinished(t: number): boolean {
    return this.words[this.layout.threadAt(t) + THREAD.PC] !== 0;
  }

  resultOf(t: number): Result {
    const list = this.results[t]!;
    const op = this.words[this.layout.threadAt(t) + THREAD.OP]!;
    let r = list[op];
    if (r === undefined) list[op] = r = { values: [], error: OK };
    return r;
  }
}
