import { expect, test } from '@jest/globals';

import { bucketName, nextSample, sampleKey } from '../../src/campaign/bucket.js';
import { Ledger, type Sample } from '../../src/campaign/ledger.js';
import type { BatchResult } from '../../src/campaign/task.js';
import type { Finding } from '../../src/run/finding.js';
import { fakeFinding } from './fake-job.js';

test('the name of a bucket says what and where, and depends on nothing of the input', () => {
  const a = bucketName(fakeFinding('try_to_unmap_one/migration', { operations: 2 }));
  expect(a).toMatch(/^candidate-only-try_to_unmap_one_migration-[0-9a-f]{8}$/);
  expect(bucketName(fakeFinding('try_to_unmap_one/migration', { operations: 5 }))).toBe(a);
  expect(bucketName(fakeFinding('try_to_unmap_one/swap'))).not.toBe(a);
  expect(bucketName(fakeFinding('try_to_unmap_one/migration', { quirk: 'late' }))).not.toBe(a);
});

test('the name of a bucket is a safe file name', () => {
  expect(bucketName(fakeFinding('../../etc'))).not.toContain('/');
  expect(bucketName(fakeFinding(''))).toMatch(/^candidate-only-no-site-/);
});

test('a finding on odd hardware never hides one on conforming hardware', () => {
  expect(sampleKey(fakeFinding('a', { quirk: 'late' }))).not.toBe(sampleKey(fakeFinding('a')));
  expect(sampleKey(fakeFinding('a', { quirk: 'late', class: 'both' }))).toBe(
    sampleKey(fakeFinding('a', { class: 'both' })),
  );
});

test('failures are sampled again when they keep coming, others once', () => {
  const at = (f: Finding): number[] => [0, 1, 2].map((taken) => nextSample(f, taken));
  expect(at(fakeFinding('a'))).toEqual([1, 8, 64]);
  expect(at(fakeFinding('a', { quirk: 'late' }))).toEqual([1, 64, 4096]);
  expect(at(fakeFinding('a', { class: 'both' }))).toEqual([1, Infinity, Infinity]);
});

function batch(from: number, hits: number): BatchResult {
  const finding = fakeFinding('a');
  const samples = Array.from({ length: Math.min(hits, 2) }, (_, i) => ({
    index: from + i,
    finding,
    nth: i + 1,
  }));
  const tally = {
    steps: new Float64Array(0),
    stepFirst: new Int32Array(0),
    pairs: [],
    asked: [],
    reference: [],
  };
  return {
    kind: 'batch',
    from,
    cases: 10,
    steps: 100,
    inconclusive: 0,
    hits: hits === 0 ? [] : [{ key: 'a', count: hits, samples }],
    tally,
  };
}

test('batches are entered in the order of their cases, whichever is done first', () => {
  const ledger = new Ledger([], 10);
  const enter = (from: number): Sample[] =>
    ledger.add(batch(from, 5), { kind: 'batch', seed: 's', from, count: 10, emphasis: [] });
  expect(enter(10)).toEqual([]);
  expect(enter(20)).toEqual([]);
  expect(ledger.cases).toBe(0);
  const due = enter(0);
  expect(due.map((s) => [s.index, s.first])).toEqual([
    [0, true],
    [20, false],
  ]);
  expect(ledger.cases).toBe(30);
  expect(ledger.hits('a')).toBe(15);
});
