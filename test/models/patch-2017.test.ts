import { expect, test } from '@jest/globals';

import { callables, hunks } from '../../models/models.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { slotsOf } from '../../src/program/union.js';

const slots = slotsOf(operationsIn(callables.map((c) => c.operation)));

test.each(hunks.map((h) => [h.site, h] as const))(
  'v4.14 notifies in %s where the patch says that it does',
  (_, h) => {
    const inLock = slots.filter((s) => s.site === h.site && s.slot !== 'range-end');
    expect(inLock.length).toBeGreaterThan(0);
    expect(inLock.filter((s) => !s.muted).map((s) => s.slot)).toEqual(h.before);
  },
);

test('every slot that a hunk leaves notifying is one that the site has', () => {
  for (const h of hunks)
    for (const slot of h.after) expect(slots.some((s) => s.site === h.site && s.slot === slot)).toBe(true);
});
