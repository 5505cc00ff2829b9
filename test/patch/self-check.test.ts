import { expect, test } from '@jest/globals';
import { models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { elementsOf } from '../../src/patch/elements.js';
import { Ground } from '../../src/patch/ground.js';
import { disorder } from '../../src/patch/call-order.js';
import { printDiff } from '../../src/patch/print-diff.js';
import { readSeries } from '../../src/patch/read-series.js';
import { readingOf } from '../../src/patch/reading.js';
import { agrees } from '../../src/patch/self-check.js';
import { printC } from '../../src/patch/print-c.js';
import { operations, placeText } from './placing.js';
import { randomEdits } from './random-edits.js';

const words = (text: string, stretch?: number): { text: string; stretch?: number }[] =>
  [...text].map((t) => ({ text: t, ...(stretch === undefined ? {} : { stretch }) }));

test.each([
  ['bcd', 'abcde', 0],
  ['bd', 'abcde', 1], // c is not shown
  ['bxd', 'abcde', 2], // x is not there, c is not shown
  ['db', 'abcde', 1],
  ['xyz', 'abcde', 3],
  ['', 'abc', 0],
])('the stretch %s in %s is out of order by %i', (shown, whole, cost) => {
  expect(disorder(words(shown, 0), [...whole])).toBe(cost);
});

test('between stretches anything may stand', () => {
  expect(disorder([...words('ab', 0), ...words('yz', 1)], [...'abcdxyz'])).toBe(0);
  expect(disorder([...words('yz', 0), ...words('ab', 1)], [...'abcdxyz'])).toBe(2);
});

test.each(['v4.14', 'v6.6'])('other edits than those of the diff are noticed on %s', (name) => {
  const base = models.find((m) => m.name === name)!;
  const ground = new Ground(operations, models);
  const prng = new Prng(`self-check ${name}`);
  const count = { own: 0, refused: 0, others: 0, missed: 0 };
  for (let i = 0; i < 60; i++) {
    const { operation, edits } = randomEdits(prng, operations, base);
    const text = printDiff([operation], base, { ...base, edits: [...base.edits, ...edits] });
    if (text === '') continue;
    const placed = placeText(text, name).hunks;
    if (placed.some((h) => h.verdict !== 'placed')) continue;
    const [patch] = readSeries([{ subject: '', body: text }], 'x').patches;
    const groups = readingOf(patch, ground).groups.filter((g) =>
      ground.holding(g.cFunction).includes(operation),
    );
    if (groups.length !== 1) continue;
    const [{ cFunction, pieces }] = groups;
    const elements = pieces.flatMap((p, k) => elementsOf(p.changes, k, ground));
    count.own++;
    if (!agrees(elements, operation, cFunction, base, edits, ground)) count.refused++;
    // another change of the same function
    for (let k = 0; k < 40; k++) {
      const other = randomEdits(prng, [operation], base);
      const here = (list: typeof edits): string =>
        String(printC(operation, { ...base, edits: [...base.edits, ...list] }).get(cFunction));
      if (here(other.edits) === here(edits)) continue;
      count.others++;
      if (agrees(elements, operation, cFunction, base, other.edits, ground)) count.missed++;
    }
  }
  expect(count.own).toBeGreaterThan(20);
  expect(count.refused).toBe(0);
  expect(count.missed / count.others).toBeLessThan(0.03);
});
