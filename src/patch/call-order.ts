/** A call, label or jump of a function's text, in the words of the listings. */
export interface Word {
  readonly text: string;
  /** Which stretch of consecutive lines it stands in; undefined where all of the text is known. */
  readonly stretch?: number;
}

/** Before the first match of a stretch; between matches; behind the last. */
const [AHEAD, WITHIN, BEHIND] = [0, 1, 2];

/**
 * How badly `shown`, stretches of a function, agrees with the whole function: words of `shown` that are not found in
 * their order, and words of `whole` that stand between found ones of the same stretch without being shown. 0 when every
 * stretch stands there as it is.
 */
export function disorder(shown: readonly Word[], whole: readonly string[]): number {
  // best[j][state]: the least cost of what was shown so far against the first j words of the whole
  let best = whole.map(() => [Infinity, Infinity, Infinity]);
  best.push([Infinity, Infinity, Infinity]);
  best[0][AHEAD] = 0;
  skip(best);
  shown.forEach((word, i) => {
    if (i > 0 && word.stretch !== shown[i - 1].stretch) {
      best = best.map((costs) => [Math.min(...costs), Infinity, Infinity]);
      skip(best);
    }
    const next = best.map((costs) => costs.map((cost) => cost + 1)); // not found
    whole.forEach((text, j) => {
      if (text === word.text)
        next[j + 1][WITHIN] = Math.min(next[j + 1][WITHIN], best[j][AHEAD], best[j][WITHIN]);
    });
    best = next;
    skip(best);
  });
  return Math.min(...best.map((costs) => Math.min(...costs)));
}

/** Words of the whole are passed over: for nothing around a stretch, at a cost within it. */
function skip(best: number[][]): void {
  best.forEach((costs, j) => {
    costs[BEHIND] = Math.min(costs[BEHIND], costs[WITHIN]);
    if (j + 1 === best.length) return;
    const after = best[j + 1];
    after[AHEAD] = Math.min(after[AHEAD], costs[AHEAD]);
    after[WITHIN] = Math.min(after[WITHIN], costs[WITHIN] + 1);
    after[BEHIND] = Math.min(after[BEHIND], costs[BEHIND]);
  });
}
