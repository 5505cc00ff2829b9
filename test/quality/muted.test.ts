import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { builtIn } from '../../src/cli/load-model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Finding } from '../../src/run/finding.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';
import { shrink } from '../../src/shrink/shrinker.js';

/**
 * What must be found, how soon, and how small: notifications taken away from the 2017 patch, with the default mix on
 * conforming hardware. The bounds are stated with room; `npm run mutes` prints where they stand for every slot.
 */

const register = { models, operations: operationsIn(callables.map((c) => c.operation)) };
const reference = builtIn('always-notify', register);
const generate = caseGenerator(callables, { hardware: 'conforming' });
const strategy = strategyNamed('mixed');

function hunt(lab: Laboratory, limit: number): Finding | undefined {
  for (let i = 0; i < limit; i++) {
    const prng = new Prng(`quality/${i}`);
    const { finding } = lab.attempt(generate(prng), strategy.make(prng));
    if (finding?.class !== 'candidate-only') continue;
    const judged = lab.judge(finding.case, 50);
    if (judged?.class === 'candidate-only') return judged;
  }
  return undefined;
}

const size = (f: Finding): number => f.case.threads.reduce((n, t) => n + t.operations.length, 0);

test.each([
  ['wp_page_copy~wp_page_copy:range-end', 3000, 2],
  ['page_mkclean_one:range-end', 3000, 3],
  ['write_protect_page:range-end', 6000, 4],
  ['try_to_unmap_one:range-end', 3000, 3],
  ['hugetlb_change_protection:range-end', 6000, 3],
  ['zap_pte_range:after-flush', 30000, 4],
])(
  'without %s the patch is caught within %i cases and shrinks to %i operations',
  (mutes, cases, operations) => {
    const lab = new Laboratory(callables, builtIn(`optimized~${mutes}`, register), reference);
    const finding = hunt(lab, cases);
    expect(finding?.class).toBe('candidate-only');
    const shrunk = shrink(finding!, lab, { tries: 1500, search: 30 });
    expect(size(shrunk.finding)).toBeLessThanOrEqual(operations);
    expect(size(shrunk.finding)).toBeGreaterThan(0);
  },
  120_000,
);

test('the reference stays silent for every agent on the default mix, conforming hardware', () => {
  const lab = new Laboratory(callables, reference, reference);
  for (let i = 0; i < 20_000; i++) {
    const prng = new Prng(`silence/${i}`);
    const { finding } = lab.attempt(generate(prng), strategy.make(prng));
    expect(finding).toBeUndefined();
  }
}, 120_000);
