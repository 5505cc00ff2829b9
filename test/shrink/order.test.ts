import { expect, test } from '@jest/globals';

import type { Case } from '../../src/scenario/case.js';
import { compareCases } from '../../src/shrink/order.js';
import { NO_REGION, caseOf, region, scheduleOf, thread } from './fake-lab.js';

const world = (pages: number): Case['world'] => ({
  mms: [[region({ pages: [0, 1, 2, 3].map((i) => (i < pages ? 'page' : 'none')) }), NO_REGION]],
  files: [],
  frames: 8,
  swapSlots: 0,
});
const chosen = caseOf([
  { kind: 'cpu', mm: 0, operations: [{ name: 'a', args: [], choices: ['swap-full'] }] },
]);

/** Each is smaller than the one after it, since what weighs more is smaller. */
const rising: readonly (readonly [string, Case])[] = [
  ['an operation', caseOf([thread('a')])],
  ['the same on unusual hardware', caseOf([thread('a')], { hardware: { prefetch: 'any-time' } })],
  ['with a choice', chosen],
  ['with a segment', caseOf([thread('a')], { schedule: scheduleOf('0:0') })],
  ['with a page', caseOf([thread('a')], { world: world(1) })],
  ['with two', caseOf([thread('a')], { world: world(2) })],
  ['with another thread', caseOf([thread('a'), thread('')])],
  ['with another operation', caseOf([thread('a b')])],
];

test('operations weigh most, then threads, pages, segments, choices and hardware', () => {
  for (let i = 0; i < rising.length; i++)
    for (let j = i + 1; j < rising.length; j++) {
      expect(compareCases(rising[i][1], rising[j][1])).toBeLessThan(0);
      expect(compareCases(rising[j][1], rising[i][1])).toBeGreaterThan(0);
    }
});

test('a case is not smaller than itself', () => {
  for (const [, c] of rising) expect(compareCases(c, structuredClone(c))).toBe(0);
});

test('a segment that ends with its operation is smaller than one that ends inside', () => {
  const ending = (text: string): Case => caseOf([thread('a')], { schedule: scheduleOf(text) });
  expect(compareCases(ending('0:0'), ending('0:0/2'))).toBeLessThan(0);
});
