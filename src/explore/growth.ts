/** Weight of the last branch in the mean of its depth. */
const LATEST = 1 / 32;

/**
 * How many new states a branch of the search brought of late, by the depth at which it begins: a running mean, a branch
 * that led to a state met before counting as nothing. What is still to come is estimated from it, branch by branch: the
 * backtracking estimator of P. Kilby et al. ("Estimating search tree size", AAAI 2006), over states instead of a tree.
 * Later branches meet more that is known than earlier ones did, which a running mean follows; where no branch of a depth
 * has ended yet, the next deeper one that has stands for it, so that early on less is expected than will come: a search of
 * 266,000 states took itself for half done at a fifth of them, and for three quarters done at the end.
 */
export class Growth {
  private readonly mean: number[] = [];

  /** A branch that began at `depth` is behind; it brought so many new states. */
  note(depth: number, states: number): void {
    const was = this.mean[depth];
    this.mean[depth] = was === undefined ? states : was + (states - was) * LATEST;
  }

  /** New states that are still to come. `left`: branches that are to be tried, by the depth at which they begin. */
  toCome(left: readonly number[]): number {
    let sum = 0;
    let typical = 0;
    for (let depth = Math.max(left.length, this.mean.length) - 1; depth >= 0; depth--) {
      typical = this.mean[depth] ?? typical;
      sum += (left[depth] ?? 0) * typical;
    }
    return sum;
  }
}
