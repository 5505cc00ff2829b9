/** Batches of the first round. */
const FIRST = 8;
/** Rounds double until they have 2^DOUBLINGS times as many: soon at work, and wide enough for many workers. */
const DOUBLINGS = 4;

/**
 * Feedback goes by rounds of batches, never by time: what a round begins with depends on the rounds up to the one before
 * the last, all of them and in the order of their cases. So no worker waits while there are fewer workers than batches in
 * a round, and their number does not show.
 */
export function roundOf(batch: number): number {
  const doubling = Math.floor(Math.log2(Math.floor(batch / FIRST) + 1));
  if (doubling < DOUBLINGS) return doubling;
  return DOUBLINGS + Math.floor((batch - FIRST * (2 ** DOUBLINGS - 1)) / roundSize(DOUBLINGS));
}

/** Batches of a round. */
export function roundSize(round: number): number {
  return FIRST * 2 ** Math.min(round, DOUBLINGS);
}
