import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { callables, models } from '../../models/models.js';
import { hashHex } from '../../src/base/hash.js';
import { Prng } from '../../src/base/prng.js';
import { lower } from '../../src/program/lower.js';
import { runtime, step } from '../../src/machine/execute.js';
import type { Machine } from '../../src/machine/machine.js';
import { ORACLES } from '../../src/oracle/oracles.js';
import { unfinished } from '../../src/run/drive.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { Workbench } from '../../src/run/workbench.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const reference = models.find((m) => m.name === 'always-notify')!;
const [code] = lower(
  callables.map((c) => c.operation),
  [reference],
  runtime,
);
const bench = new Workbench(code, new Map(callables.map((c) => [c.operation.name, c])), ORACLES);
const generate = caseGenerator(callables);

/** Lets threads run as the numbers say, as far as anybody can. */
function advance(m: Machine, choices: readonly number[]): void {
  for (const n of choices) {
    const left = unfinished(m);
    if (left === 0 || bench.memory.violation !== undefined) return;
    const threads = [...Array(m.layout.threads).keys()].filter((t) => (left & (1 << t)) !== 0);
    step(m, threads[n % threads.length]);
  }
}

const seed = fc.string({ minLength: 1, maxLength: 8 });
const choices = fc.array(fc.nat(7), { maxLength: 120 });

test('a snapshot, any steps and a restore leave the words as they were', () => {
  fc.assert(
    fc.property(seed, choices, choices, (s, before, after) => {
      const m = bench.prepare(generate(new Prng(s)));
      advance(m, before);
      const kept = new Int32Array(m.words.length);
      m.snapshot(kept);
      advance(m, after);
      m.restore(kept);
      expect([...m.words]).toEqual([...kept]);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('steps from a restored snapshot lead where they led before', () => {
  fc.assert(
    fc.property(seed, choices, choices, (s, before, after) => {
      const m = bench.prepare(generate(new Prng(s)));
      advance(m, before);
      const kept = new Int32Array(m.words);
      advance(m, after);
      const first = hashHex(m.words);
      if (bench.memory.violation !== undefined) return;
      m.restore(kept);
      advance(m, after);
      expect(hashHex(m.words)).toBe(first);
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('words that differ in one place differ in their hash', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1, maxLength: 200 }),
      fc.nat(),
      fc.integer(),
      (list, at, value) => {
        const a = Int32Array.from(list);
        const b = Int32Array.from(list);
        b[at % b.length] = value;
        expect(hashHex(a) === hashHex(b)).toBe(a[at % a.length] === b[at % b.length]);
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});

test('a schedule that is recorded and replayed gives the same words, step by step', () => {
  const lab = new Laboratory(callables, reference, reference);
  const strategy = strategyNamed('mixed');
  for (let i = 0; i < 40; i++) {
    const prng = new Prng(`replay/${i}`);
    const drawn = generate(prng);
    const { outcome, schedule } = lab.schedule(drawn, strategy.make(prng));
    const c = { ...drawn, schedule };
    expect(lab.replay(c, 'candidate').hash).toBe(outcome.hash);
    expect(lab.replay(c, 'reference').hash).toBe(outcome.hash);
    const [a, b] = [lab.trace(c, 'candidate'), lab.trace(c, 'candidate')];
    expect(a.steps.map((s) => s.hash)).toEqual(b.steps.map((s) => s.hash));
  }
}, 60_000);
