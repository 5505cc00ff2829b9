import { expect, test } from '@jest/globals';

import { WINDOW } from '../../src/machine/observer.js';

test('every kind of window has a number of its own, in four bits', () => {
  const kinds = Object.values(WINDOW);
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(kinds.every((kind) => kind >= 0 && kind < 16)).toBe(true);
});
