import { expect, test } from '@jest/globals';

import { callables, models, neighboursOf } from '../../models/models.js';
import { BadInput } from '../../src/base/errors.js';
import type { Model } from '../../src/program/model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { checkEdits } from '../../src/program/union.js';

const operations = operationsIn(callables.map((c) => c.operation));
const named = (name: string): Model => models.find((m) => m.name === name)!;
const abouts = (name: string, difference: string): readonly string[] =>
  neighboursOf(named(name))
    .filter((n) => n.difference === difference)
    .map((n) => n.about.slice(0, 12));

function fits(model: Model): boolean {
  try {
    checkEdits(operations, model);
    return true;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return false;
  }
}

test('a commit is later for the kernels before it, and taken out of those that have it', () => {
  expect(abouts('v4.15', 'later')).toContain('017b1660df89');
  expect(abouts('v5.0', 'later')).not.toContain('017b1660df89');
  expect(abouts('v5.0', 'without')).toContain('017b1660df89');
});

test('what an old kernel has and v4.14 has not any more ends later', () => {
  const [ended] = neighboursOf(named('v4.4')).filter((n) => n.about.startsWith('369ea8242c0f'));
  expect(ended).toMatchObject({ difference: 'later' });
  expect(ended.about).toContain('v4.13, after which no longer: ');
  expect(ended.model().edits.length).toBeLessThan(named('v4.4').edits.length);
});

test('from v6.6 no notification stands outside the flush helpers, so none is tried', () => {
  expect(abouts('v4.15', 'notify').length).toBeGreaterThan(10);
  expect(abouts('v6.6', 'notify')).toEqual([]);
});

test.each(['v4.15', 'v6.6', 'optimized'])('most neighbours of %s can be run', (name) => {
  const all = neighboursOf(named(name));
  expect(all.filter((n) => fits(n.model())).length).toBeGreaterThan(all.length / 2);
});
