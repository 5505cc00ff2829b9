import type { Code } from '../program/lower.js';
import type { HardwareSet } from './hardware.js';
import type { Layout } from './layout.js';
import { THREAD } from './layout.js';
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
/** The device's page request was refused by its driver. */
export const REFUSED = 3;

/** Operations that one thread's program can hold. */
export const MAX_OPERATIONS = 16;
/** A result that is not compared: the read fell into a discard. */
export const NOT_COMPARED = -100;

/**
 * One model on one world: the words that decide, the code that changes them, and who watches.
 * Hot: `words` and the fields that primitives read. Results and the observer's state explain, they never decide.
 */
export class Machine {
  words: Int32Array;
  /** Threads whose last try found nothing to do; cleared when anything changes. Derived, never hashed. */
  blocked = 0;
  observer: Observer<Machine> = nobody;
  /** Invalidations sent to secondary TLBs, one a TLB, since somebody set it to 0. Counts, never decides. */
  roundTrips = 0;
  /** What the access of each operation returned, + 1, or minus how it failed; 0 when it is no access. */
  readonly results: Int32Array;

  constructor(
    readonly layout: Layout,
    readonly code: Code,
    public programs: readonly (readonly ProgramStep[])[],
    public hardware: HardwareSet,
  ) {
    this.words = new Int32Array(layout.size);
    this.results = new Int32Array(layout.threads * MAX_OPERATIONS);
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

  /** Notes what the access in flight of thread `t` returned. */
  returns(t: number, result: number): void {
    this.results[t * MAX_OPERATIONS + this.words[this.layout.threadAt(t) + THREAD.OP]] = result;
  }
}
