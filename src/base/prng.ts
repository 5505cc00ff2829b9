import seedrandom from 'seedrandom';

/**
 * The one door to randomness. A seed is a string; the same seed gives the same numbers on every machine.
 * Algorithm: alea of seedrandom (cheap to seed, 1 µs, exact save and restore).
 */
export class Prng {
  private readonly next: seedrandom.PRNG;

  constructor(seed: string) {
    this.next = seedrandom.alea(seed);
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** An integer in [lo, hi]. */
  between(lo: number, hi: number): number {
    return lo + this.below(hi - lo + 1);
  }

  /** True with probability p. */
  chance(p: number): boolean {
    return this.next() < p;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** An index drawn with the given weights; their sum must be positive. */
  weighted(weights: readonly number[]): number {
    let total = 0;
    for (const w of weights) total += w;
    let x = this.next() * total;
    for (let i = 0; i < weights.length; i++) {
      x -= weights[i];
      if (x < 0) return i;
    }
    return weights.length - 1;
  }
}
