import { expect, test } from '@jest/globals';

import { callables, changes, kernelAt, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { existsIn } from '../../src/program/kernel-version.js';
import type { Edit, Model } from '../../src/program/model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { checkEdits } from '../../src/program/union.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Finding } from '../../src/run/finding.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const operations = operationsIn(callables.map((c) => c.operation));
const named = (name: string): Model => models.find((m) => m.name === name)!;

/** The first finding of the candidate alone in `cases` cases of these operations. */
function find(candidate: Model, reference: Model, uses: string[], cases: number): Finding | undefined {
  const lab = new Laboratory(callables, candidate, reference);
  const there = callables.filter((c) => existsIn(c, candidate.kernel));
  const draw = caseGenerator(there, { hardware: 'conforming', operations: uses });
  for (let i = 0; i < cases; i++) {
    const prng = new Prng(`mut/${i}`);
    const { finding } = lab.attempt(draw(prng), strategyNamed('mixed').make(prng));
    if (finding?.class === 'candidate-only') return finding;
  }
  return undefined;
}

/** The edits of a model without one that is put into `operation` before `callee`. */
const without = (model: Model, operation: string, callee: string): Model => ({
  ...model,
  edits: model.edits.filter(
    (e: Edit) => e.kind !== 'insert' || e.in !== operation || e.step.callee !== callee,
  ),
});

test.each(['5.4', '5.8', '5.9', '5.18', '5.19', '6.5', '6.10'])(
  'fork and write faults of a release that has no model of its own, %s, agree with themselves',
  (version) => {
    const model = kernelAt(
      {
        version,
        about: '',
        readFrom: '',
        era: version === '6.10' ? '6.6-' : '4.15-6.5',
        cowReuse: 'mapcount',
      },
      changes,
    );
    checkEdits(operations, model);
    const uses = ['dup_mmap', 'user_write', 'user_read', 'ksm_scan', 'shrink_page_list'];
    expect(find(model, model, uses, 60)).toBeUndefined();
  },
);

test('a fork that does not lock the vmas of the parent copies what a fault writes meanwhile', () => {
  const v6_6 = named('v6.6');
  const careless = without(v6_6, 'dup_mmap', 'anon_vma_fork');
  expect(careless.edits.length).toBe(v6_6.edits.length - 1);
  const found = find(careless, v6_6, ['dup_mmap', 'user_write', 'user_read'], 1000);
  expect(found?.violation).toMatchObject({ kind: 'stale-read' });
});

test('a fork that leaves a swap entry exclusive lets both mms write one page', () => {
  const v6_1 = named('v6.1');
  const careless = without(v6_1, 'copy_one_pte', 'is_write_migration_entry');
  const uses = ['dup_mmap', 'user_write', 'user_read', 'migrate_pages', 'shrink_page_list'];
  expect(find(careless, v6_1, uses, 1000)?.violation).toMatchObject({ kind: 'stale-read' });
});
