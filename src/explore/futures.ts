import { MAX_OPERATIONS } from '../machine/machine.js';

/** How a step uses a word. A lock's word is used in the three ways below alone, or else as any other word. */
export const READS = 1;
export const WRITES = 2;
/** Takes the lock together with others who share it; waits for who has it alone. */
export const SHARES = 4;
/** Takes the lock alone; waits for whoever has it. */
export const TAKES = 8;
/** Gives it back. */
export const RELEASES = 16;

/**
 * Uses of one word by two threads that the order of matters for: by bit of the one, the bits of the other. Who waits for
 * a lock cannot take it before it is given back, so that these two have one order only.
 */
const CONFLICTS: Readonly<Record<number, number>> = {
  [READS]: WRITES | SHARES | TAKES | RELEASES,
  [WRITES]: READS | WRITES | SHARES | TAKES | RELEASES,
  [SHARES]: READS | WRITES | TAKES,
  [TAKES]: READS | WRITES | SHARES | TAKES,
  [RELEASES]: READS | WRITES,
};

/** By all bits of the one. */
const AGAINST = Array.from({ length: 32 }, (_, uses) =>
  Object.entries(CONFLICTS).reduce(
    (all, [bit, others]) => ((uses & Number(bit)) !== 0 ? all | others : all),
    0,
  ),
);

const HEADER = 2;
const BROKEN = 0;
const ROUND = 1;
/** A search that was void so often is done without footprints. */
const ROUNDS = 200;

/** Memory for the futures of a world's threads. */
export function futuresTable(threads: number, words: number): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * (HEADER + 2 * threads * MAX_OPERATIONS * words));
}

/**
 * A void search begins again, or a new one with what this one has learned: that stays, and nothing is relied on. False when
 * that was tried often enough. Nobody searches.
 */
export function beginAgain(futures: SharedArrayBuffer): boolean {
  const table = new Int32Array(futures);
  table[BROKEN] = 0;
  table.fill(0, HEADER + (table.length - HEADER) / 2);
  return ++table[ROUND] < ROUNDS;
}

/**
 * Hot. What each thread was seen to do to each word from each of its operations on, and what was taken for granted that it
 * never does. The search learns the first and relies on the second; where they meet, what it did is void, and it starts
 * again with what it has learned. Workers share both.
 */
export class Futures {
  private readonly table: Int32Array;
  private readonly half: number;

  constructor(
    table: SharedArrayBuffer,
    private readonly words: number,
  ) {
    this.table = new Int32Array(table);
    this.half = (this.table.length - HEADER) / 2;
  }

  /** Something that was relied on turned out to be wrong. */
  get broken(): boolean {
    return this.table[BROKEN] !== 0;
  }

  /** Thread `t` uses `word` so in its operation `op`. */
  learn(t: number, op: number, word: number, uses: number): void {
    const { table, words, half } = this;
    let at = HEADER + (t * MAX_OPERATIONS + op) * words + word;
    if ((table[at] & uses) === uses) return;
    // first what is learned, then what is relied on; who relies does it the other way round: one of them sees the other
    for (let from = op; from >= 0; from--, at -= words) {
      Atomics.or(table, at, uses);
      if ((Atomics.load(table, at + half) & uses) !== 0) table[BROKEN] = 1;
    }
  }

  /** Uses of `word` that thread `t` was seen to make from its operation `op` on. */
  seen(t: number, op: number, word: number): number {
    return this.table[HEADER + (t * MAX_OPERATIONS + op) * this.words + word];
  }

  /** True when a step that uses `word` so has one order alone with all that `t` was seen to do from `op` on. */
  apart(t: number, op: number, word: number, uses: number): boolean {
    return (this.seen(t, op, word) & AGAINST[uses]) === 0;
  }

  /** The same is taken for granted from here on. False when it does not hold. */
  rely(t: number, op: number, word: number, uses: number): boolean {
    const at = HEADER + (t * MAX_OPERATIONS + op) * this.words + word;
    const others = AGAINST[uses];
    if ((this.table[at + this.half] & others) !== others) Atomics.or(this.table, at + this.half, others);
    return (Atomics.load(this.table, at) & others) === 0;
  }
}
