import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { builtIn } from '../../src/cli/load-model.js';
import { drop, insert, type Edit, type Model } from '../../src/program/model.js';
import { lock_page } from '../../src/kernel/page.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { VERDICTS, type Verdict } from '../../src/run/finding.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

/** Each oracle has a variant that it catches and an operation that it passes. */

const register = { models, operations: operationsIn(callables.map((c) => c.operation)) };
const reference = builtIn('always-notify', register);

const muted = (...mutes: string[]): Model => builtIn(['always-notify', ...mutes].join('~'), register);
const broken = (...edits: Edit[]): Model => ({
  ...reference,
  name: 'broken',
  edits: [...reference.edits, ...edits],
});

/** A file fault that waits for a lock that it holds. */
function lockedTwice(): Model {
  const fault = register.operations.find((o) => o.name === 'do_fault')!;
  const page = fault.locals.find((r) => r.name === 'page')!;
  return broken(insert('do_fault', 'after', { callee: 'lock_page' }, [lock_page(page)]));
}

/** Verdicts of the candidate in so many cases of these operations. */
function verdicts(model: Model, operations: readonly string[], cases: number, hardware = {}): Set<Verdict> {
  const lab = new Laboratory(callables, model, reference);
  const generate = caseGenerator(callables, {
    operations,
    hardware: Object.keys(hardware).length === 0 ? 'conforming' : hardware,
  });
  const strategy = strategyNamed('mixed');
  const seen = new Set<Verdict>();
  for (let i = 0; i < cases; i++) {
    const prng = new Prng(`oracles/${i}`);
    const { finding } = lab.attempt(generate(prng), strategy.make(prng));
    if (finding !== undefined) seen.add(finding.violation.kind);
  }
  return seen;
}

const CAUGHT: readonly (readonly [Verdict, string, Model, readonly string[], number])[] = [
  [
    'freed-page-write',
    'a zap that frees a batch unannounced',
    muted('zap_pte_range:after-flush'),
    ['madvise_dontneed'],
    8000,
  ],
  [
    'freed-page-read',
    'a zap that frees a batch unannounced',
    muted('zap_pte_range:after-flush'),
    ['madvise_dontneed'],
    8000,
  ],
  [
    'lost-write',
    'migration that tells no device',
    muted('try_to_unmap_one', 'try_to_unmap_one:range-end'),
    ['migrate_pages'],
    8000,
  ],
  ['stale-read', 'copy-on-write announced at range_end only', muted('wp_page_copy'), ['dup_mmap'], 30_000],
  [
    'stale-permission',
    'mprotect that leaves the entries as they are',
    broken(drop('mprotect_fixup', { callee: 'change_protection' })),
    ['mprotect'],
    2000,
  ],
  [
    'lost-dirty',
    'a sync of DAX that cleans one mapping of four',
    builtIn('v4.14', register),
    ['dax_fsync'],
    20_000,
  ],
  [
    'stale-entry',
    'KSM that tells no device',
    muted('write_protect_page', 'write_protect_page:range-end'),
    ['ksm_scan'],
    8000,
  ],
  [
    'contract',
    'a page-table lock that is never dropped',
    broken(drop('wp_page_copy', { callee: 'pte_unmap_unlock' })),
    ['dup_mmap'],
    2000,
  ],
  ['deadlock', 'a page lock that is taken twice', lockedTwice(), ['fsync'], 6000],
];

test.each(CAUGHT)(
  '%s: the oracle catches %s',
  (verdict, _what, model, operations, cases) => {
    expect(verdicts(model, operations, cases)).toContain(verdict);
  },
  120_000,
);

test('no-progress: hardware that keeps a read-only entry asks for the same page for ever', () => {
  const seen = verdicts(reference, ['mprotect'], 4000, { 'read-only-entry': 'kept' });
  expect(seen).toContain('no-progress');
}, 120_000);

test('every oracle passes every operation of the reference', () => {
  const everything = callables.map((c) => c.operation.name);
  expect([...verdicts(reference, everything, 6000)]).toEqual([]);
}, 120_000);

test('every verdict but divergence has a variant here', () => {
  const covered = new Set<string>([...CAUGHT.map(([v]) => v), 'no-progress', 'divergence']);
  expect(VERDICTS.filter((v) => !covered.has(v))).toEqual([]);
});
