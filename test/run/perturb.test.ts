import { expect, test } from '@jest/globals';

import { without } from '../../src/run/perturb.js';
import type { Stretch } from '../../src/run/stretch.js';

const stretches: readonly Stretch[] = [0, 1, 2, 3].map((thread) => ({
  thread,
  operation: 0,
  pc: 0,
  occurrence: 1,
}));
const left = (limit: number): readonly string[] =>
  [...without(stretches, limit)].map((s) => s.map(({ thread }) => thread).join(''));

test('schedules without one stretch come before those without two, each once, and no more than asked for', () => {
  expect(left(4)).toEqual(['123', '023', '013', '012']);
  expect(left(100)).toEqual(['123', '023', '013', '012', '23', '13', '12', '03', '02', '01']);
});
