/**
 * Hot. A hash of words that is kept up to date word by word: the exclusive or of one number a word, made from its index
 * and value (A. Zobrist, 1970, with a mixing function in place of the table). Two lanes of 32 bits.
 */

export function low(index: number, value: number): number {
  let h = Math.imul(value ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h ^ index, 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h, 0x27d4eb2f);
  return h ^ (h >>> 15);
}

export function high(index: number, value: number): number {
  let h = Math.imul(value + 0x7f4a7c15, 0x2c1b3c6d) ^ Math.imul(index + 0x632be5ab, 0x297a2d39);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  h ^= h >>> 13;
  h = Math.imul(h, 0x9e3779b1);
  return h ^ (h >>> 16);
}
