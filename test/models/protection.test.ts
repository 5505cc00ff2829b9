import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { drop, mute, type Edit, type Model } from '../../src/program/model.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const named = (name: string): Model => models.find((m) => m.name === name)!;
const reference = named('always-notify');

/** What the candidate alone does wrong in some cases of the operations: verdicts, with their texts. */
function found(candidate: Model, operations: readonly string[], cases: number): string[] {
  const lab = new Laboratory(callables, candidate, reference);
  const generate = caseGenerator(callables, { hardware: 'conforming', operations });
  const strategy = strategyNamed('mixed');
  const seen = new Set<string>();
  for (let i = 0; i < cases; i++) {
    const prng = new Prng(`protection/${i}`);
    const { finding } = lab.attempt(generate(prng), strategy.make(prng));
    if (finding?.class === 'candidate-only') seen.add(`${finding.violation.kind}: ${finding.violation.text}`);
  }
  return [...seen];
}

const without = (...edits: readonly Edit[]): Model => ({
  ...reference,
  name: 'without',
  edits: [...reference.edits, ...edits],
});
const muted = (site: string): Model => without(mute(site, 'after-clear'), mute(site, 'range-end'));

test.each([
  ['wp_shared_mapping_range', muted('wp_shared_mapping_range'), /^stale-entry/],
  ['clean_record_shared_mapping_range', muted('clean_record_shared_mapping_range'), /^lost-dirty/],
  ['driver_migrate_vma', muted('migrate_vma_collect'), /^stale-entry/],
  ['driver_migrate_vma', muted('migrate_vma_insert_page'), /^stale-entry/],
  [
    'task_numa_work',
    without(
      mute('change_pte_range', 'after-clear'),
      mute('change_pmd_range', 'range-end'),
      mute('tlb_finish_mmu', 'after-flush'),
    ),
    /^stale-entry/,
  ],
  [
    'uffd_write_protect',
    without(drop('change_pte_range', { callee: 'pte_needs_flush', put: true })),
    /^stale-entry/,
  ],
])('what %s took away is kept by whoever is not told', (operation, candidate, verdict) => {
  expect(found(candidate, [operation], 1500)).toContainEqual(expect.stringMatching(verdict));
});

test.each([
  ['wp_shared_mapping_range', 'relies on both around every change of an entry'],
  ['clean_record_shared_mapping_range', 'not under a spinlock'],
])('a notifier that %s calls from the leaf breaks a rule, which is quoted', (operation, rule) => {
  const texts = found(named('leaf-callback'), [operation], 1500);
  expect(texts).toContainEqual(expect.stringMatching(new RegExp(`^contract: .*${rule}`)));
});
