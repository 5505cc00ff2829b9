import { assert } from '../base/assert.js';

/** Slots of a table that may be in use before it grows, out of 8. */
const FULL = 5;
const SMALLEST = 1 << 12;

/**
 * Hot. A set of states by 64 bits of hash: open addressing, two words a slot, no other memory. Two different states
 * with the same 64 bits count as one, and what follows the second is then not explored; see {@link omission}.
 */
export class StateSet {
  private slots = new Int32Array(2 * SMALLEST);
  private mask = SMALLEST - 1;
  size = 0;

  /** `most`: states that it takes, at 13 to 26 bytes each. */
  constructor(private readonly most: number) {}

  /** No state that is new can be added. */
  get full(): boolean {
    return this.size >= this.most;
  }

  /** Adds the state of this hash. False when it is there already. */
  add(lo: number, hi: number): boolean {
    // A slot of two zeros is free, so that the hash 0 stands for another one.
    const a = lo === 0 && hi === 0 ? 1 : lo;
    const { slots, mask } = this;
    let i = (Math.imul(a, 0x9e3779b1) ^ hi) & mask;
    for (;;) {
      const x = slots[2 * i];
      const y = slots[2 * i + 1];
      if (x === 0 && y === 0) break;
      if (x === a && y === hi) return false;
      i = (i + 1) & mask;
    }
    assert(!this.full, 'a state set was asked to take more than it may');
    slots[2 * i] = a;
    slots[2 * i + 1] = hi;
    this.size++;
    if (this.size * 8 > (mask + 1) * FULL) this.grow();
    return true;
  }

  private grow(): void {
    const old = this.slots;
    const capacity = 2 * (this.mask + 1);
    const mask = capacity - 1;
    const slots = new Int32Array(2 * capacity);
    for (let k = 0; k < old.length; k += 2) {
      const a = old[k];
      const hi = old[k + 1];
      if (a === 0 && hi === 0) continue;
      let i = (Math.imul(a, 0x9e3779b1) ^ hi) & mask;
      while (slots[2 * i] !== 0 || slots[2 * i + 1] !== 0) i = (i + 1) & mask;
      slots[2 * i] = a;
      slots[2 * i + 1] = hi;
    }
    this.slots = slots;
    this.mask = mask;
  }
}

/**
 * Upper bound of the probability that some of `states` states were taken for one another and something was omitted:
 * the pairs, each equal in 64 bits by chance.
 */
export function omission(states: number): number {
  return Math.min(1, (states * (states - 1)) / 2 / 2 ** 64);
}
