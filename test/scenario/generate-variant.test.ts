import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Prng } from '../../src/base/prng.js';
import { checkCase } from '../../src/scenario/check-case.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { FAKES } from './fake-callables.js';

const draw = caseGenerator(FAKES);
const from = (...seeds: string[]): ReturnType<typeof draw> =>
  draw(
    new Prng(seeds[0]),
    seeds.slice(1).map((seed) => new Prng(seed)),
  );

test('variants of variants are well-formed and have an access', () => {
  const seeds = fc.array(fc.string(), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(seeds, (s) => {
      const c = from(...s);
      checkCase(c, FAKES);
      const calls = c.threads.flatMap((t) => t.operations.map((o) => o.name));
      expect(calls.some((name) => /_(read|write)$/.test(name))).toBe(true);
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test('a variant is a function of its seeds; it has the world and most of the calls of its case', () => {
  let same = 0;
  let calls = 0;
  for (let i = 0; i < 200; i++) {
    const [base, variant] = [from(`a/${i}`), from(`a/${i}`, `b/${i}`)];
    expect(variant).toEqual(from(`a/${i}`, `b/${i}`));
    expect(variant.world).toEqual(base.world);
    const kept = new Set(variant.threads.flatMap((t) => t.operations.map((o) => JSON.stringify(o))));
    const before = base.threads.flatMap((t) => t.operations.map((o) => JSON.stringify(o)));
    calls += before.length;
    same += before.filter((o) => kept.has(o)).length;
  }
  expect(same / calls).toBeGreaterThan(0.7);
  expect(same / calls).toBeLessThan(0.95);
});
