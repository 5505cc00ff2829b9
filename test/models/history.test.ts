import { expect, test } from '@jest/globals';

import { callables, changes, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { existsIn } from '../../src/program/kernel-version.js';
import { operationsIn } from '../../src/program/operations-in.js';
import type { Model } from '../../src/program/model.js';
import { placed } from '../../src/program/locate.js';
import { checkEdits, unionOf } from '../../src/program/union.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const CASES = 100;

const operations = operationsIn(callables.map((c) => c.operation));

const named = (name: string): Model => models.find((m) => m.name === name)!;
const kernels = models.filter((m) => m.kernel !== undefined).map((m) => [m.name, m] as const);

test.each(kernels)('%s runs beside always-notify on cases of its release', (_name, model) => {
  checkEdits(operations, model);
  const lab = new Laboratory(callables, model, named('always-notify'));
  const draw = caseGenerator(
    callables.filter((c) => existsIn(c, model.kernel)),
    { hardware: 'conforming' },
  );
  for (let i = 0; i < CASES; i++) {
    const prng = new Prng(`history/${i}`);
    expect(lab.attempt(draw(prng), strategyNamed('mixed').make(prng)).steps).toBeGreaterThan(0);
  }
});

test.each([
  ['v6.6', true],
  ['v6.12', true],
  ['v6.1', false],
])('in %s the slots inside the flush helpers notify and no others: %s', (name, inFlush) => {
  const model = named(name);
  for (const operation of operations) {
    const union = unionOf(operation, [model]);
    for (const { step } of placed(operation)) {
      if (step.kind !== 'do' || step.slot === undefined) continue;
      const on = union.mask(step) !== 0;
      if (step.slot === 'in-flush') expect(on && !inFlush).toBe(false);
      else if (inFlush) expect(on).toBe(false);
    }
  }
});

test('a part of an expanded verb that a change takes away stays away in v6.6', () => {
  const operation = operations.find((o) => o.name === '__split_huge_pmd_locked')!;
  const union = unionOf(operation, [named('v6.6')]);
  const parts = placed(operation).filter((p) => p.expansion?.name === 'pmdp_invalidate');
  expect(parts.map((p) => union.mask(p.step))).toEqual(parts.map(() => 0));
});

test('kernels with the same edits say so', () => {
  const text = (model: Model): string => JSON.stringify(model.edits);
  kernels.forEach(([, model], i) => {
    const same = kernels.slice(0, i).filter(([, earlier]) => text(earlier) === text(model));
    for (const [name] of same) expect(model.about).toContain(`the same modelled steps as ${name}`);
  });
});

test('every change names a commit of twelve digits, or says that it is not known', () => {
  for (const change of changes) expect(change.commit).toMatch(/^([0-9a-f]{12}|unknown)$/);
});
