import type { Machine } from '../machine/machine.js';
import { high, low } from './zobrist.js';

/**
 * Hot. What each step on the current path changed, so that it can be taken back, and the hash of the state, which
 * follows the changes. Results of accesses stand outside the words; they are kept beside them, and are part of the
 * hash when `results` says so.
 */
export class Changes {
  low = 0;
  high = 0;
  /** The words as they were before the step that is being taken. */
  private readonly before: Int32Array;
  /** Triples: index, old value, new value; results as indices from the words' length on. */
  private log = new Int32Array(3 * 4096);
  private end = 0;
  /** Where the changes of each step begin. */
  private readonly starts: number[] = [];

  constructor(
    private readonly m: Machine,
    private readonly results: boolean,
  ) {
    this.before = new Int32Array(m.words);
    for (let i = 0; i < m.words.length; i++) this.mix(i, m.words[i]);
    if (results) for (let i = 0; i < m.results.length; i++) this.mix(m.words.length + i, m.results[i]);
  }

  private mix(index: number, value: number): void {
    this.low ^= low(index, value);
    this.high ^= high(index, value);
  }

  /** The machine took a step; `slot` of its results held `result` before. It used no other words than `used`, if that is said. */
  take(slot: number, result: number, used?: Int32Array): void {
    const { before } = this;
    const { words, results } = this.m;
    this.starts.push(this.end);
    const size = words.length;
    if (used === undefined) for (let i = 0; i < size; i++) this.compare(i, before, words);
    else for (let k = 0; k < used.length; k++) this.compare(used[k], before, words);
    if (results[slot] !== result) this.note(size + slot, result, results[slot]);
  }

  private compare(i: number, before: Int32Array, words: Int32Array): void {
    if (words[i] !== before[i]) this.note(i, before[i], words[i]);
  }

  private note(index: number, was: number, is: number): void {
    if (this.end + 3 > this.log.length) {
      const longer = new Int32Array(2 * this.log.length);
      longer.set(this.log);
      this.log = longer;
    }
    this.log[this.end] = index;
    this.log[this.end + 1] = was;
    this.log[this.end + 2] = is;
    this.end += 3;
    if (index < this.before.length) this.before[index] = is;
    else if (!this.results) return;
    this.mix(index, was);
    this.mix(index, is);
  }

  /** Takes the last step back. */
  undo(): void {
    const from = this.starts.pop()!;
    const { words, results } = this.m;
    const size = words.length;
    for (let k = from; k < this.end; k += 3) {
      const index = this.log[k];
      const was = this.log[k + 1];
      if (index < size) words[index] = this.before[index] = was;
      else results[index - size] = was;
      if (index >= size && !this.results) continue;
      this.mix(index, was);
      this.mix(index, this.log[k + 2]);
    }
    this.end = from;
  }
}
