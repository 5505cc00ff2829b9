import { expect, test } from '@jest/globals';

import { lineOf, type Emphasis } from '../../src/campaign/line.js';
import { Rarity } from '../../src/campaign/rarity.js';
import { roundOf, roundSize } from '../../src/campaign/rounds.js';
import type { Tally } from '../../src/run/lab.js';

test('rounds follow each other without a gap and grow to a bound', () => {
  let batch = 0;
  for (let round = 0; round < 12; round++)
    for (let i = 0; i < roundSize(round); i++) expect(roundOf(batch++)).toBe(round);
  expect(roundSize(12)).toBe(roundSize(100));
});

/** A batch of 1000 cases: step 0 is reached by each, step 1 by one. */
function tally(nth: number): Tally {
  return {
    steps: Float64Array.of(1000, 1, 0),
    stepFirst: Int32Array.of(0, nth, -1),
    pairs: [
      ['a + a', 500, 0],
      ['a + b', 1, nth + 1],
    ],
    asked: [],
    reference: [],
  };
}

test('a round goes for what few cases reached, by the cases that did', () => {
  const rarity = new Rarity();
  expect(rarity.emphasis()).toEqual([]);
  rarity.add(tally(7), 1000, (nth) => [nth]);
  rarity.add(tally(8), 1000, (nth) => [1000 + nth]);
  expect(rarity.emphasis()).toEqual([
    [[7], [1008]],
    [[8], [1009]],
  ]);
});

test('lines do not grow without end', () => {
  const rarity = new Rarity();
  rarity.add(tally(7), 1000, (nth) => [1, 2, 3, nth]);
  expect(rarity.emphasis()).toEqual([]);
});

test('at least every second case is drawn afresh', () => {
  const emphasis: Emphasis = [[[2], [4, 5]], [[6]]];
  const lines = Array.from({ length: 400 }, (_, i) => lineOf('s', 1000 + i, emphasis));
  expect(lines.filter((line) => line.length === 1).length).toBe(200);
  expect(new Set(lines.map((line) => line.slice(0, -1).join()))).toEqual(new Set(['', '2', '4,5', '6']));
  expect(lines.every((line, i) => line[line.length - 1] === 1000 + i)).toBe(true);
  expect(lineOf('s', 1001, [])).toEqual([1001]);
});
