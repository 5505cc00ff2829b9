import { expect, test } from '@jest/globals';
import { models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { printC } from '../../src/patch/print-c.js';
import { printDiff } from '../../src/patch/print-diff.js';
import { operations, placeText } from './placing.js';
import { randomEdits } from './random-edits.js';

const CASES = 40;

test.each(['v4.14', 'always-notify', 'v5.15', 'v6.1', 'v6.6', 'v6.12'])(
  'edits of %s printed as diffs are read back',
  readBack,
);

function readBack(name: string): void {
  const base = models.find((m) => m.name === name)!;
  const prng = new Prng(`patches of ${name}`);
  const count = { placed: 0, refused: 0 };
  for (let i = 0; i < CASES; i++) {
    const { operation, edits } = randomEdits(prng, operations, base);
    const wanted = { ...base, edits: [...base.edits, ...edits] };
    const text = printDiff([operation], base, wanted);
    if (text === '') continue;
    const placement = placeText(text, name);
    if (placement.hunks.every((h) => h.verdict === 'placed')) {
      count.placed++;
      // labelled with the diff, so that a failure says which one
      expect([text, printC(operation, placement.model)]).toEqual([text, printC(operation, wanted)]);
    } else count.refused++;
  }
  expect(count.placed).toBeGreaterThan(20 * count.refused);
}
