const WORDS = 1024;
export const ITERATIONS = 20_000_000;

/**
 * Iterations a second of a loop that only this machine decides: dependent reads and writes of one Int32Array, as the
 * step function makes them. Other figures are given beside it.
 */
export function calibrate(): number {
  const words = new Int32Array(WORDS);
  const begin = process.hrtime.bigint();
  let at = 1;
  for (let i = 0; i < ITERATIONS; i++) {
    at = (Math.imul(at, 1664525) + 1013904223) | 0;
    const k = (at >>> 16) & (WORDS - 1);
    words[k] = words[k] ^ at;
  }
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  return words[0] === 1 ? 0 : ITERATIONS / seconds;
}
