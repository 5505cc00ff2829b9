import { expect, test } from '@jest/globals';

import { Growth } from '../../src/explore/growth.js';

test('nothing is to come where no branch is left', () => {
  const growth = new Growth();
  growth.note(1, 1000);
  expect(growth.toCome([0, 0, 0])).toBe(0);
});

test('a branch that is left is taken for one of its depth, or of the next deeper one of which anything is known', () => {
  const growth = new Growth();
  growth.note(2, 40);
  growth.note(4, 6);
  expect(growth.toCome([0, 0, 2])).toBe(80);
  expect(growth.toCome([0, 1, 0, 1])).toBe(40 + 6);
});

test('branches of late count more than those of long ago', () => {
  const growth = new Growth();
  for (let i = 0; i < 100; i++) growth.note(1, 1000);
  for (let i = 0; i < 100; i++) growth.note(1, 0);
  expect(growth.toCome([0, 1])).toBeLessThan(100);
});
