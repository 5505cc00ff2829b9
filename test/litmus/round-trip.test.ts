import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Proposition } from '../../src/litmus/condition.js';
import { parseLitmus } from '../../src/litmus/parse.js';
import { printLitmus } from '../../src/litmus/print.js';
import { caseTextOf, litmusOf, type CaseRecord } from '../../src/litmus/case-json.js';
import type { LitmusTest } from '../../src/litmus/litmus-test.js';
import { caseArbitrary } from '../../src/scenario/arbitrary.js';
import { VERDICTS } from '../../src/oracle/verdict.js';
import { FAKES } from '../scenario/fake-callables.js';
import { drawnCase, testOf } from './fake-test.js';

const again = (t: LitmusTest): LitmusTest => parseLitmus(printLitmus(t, FAKES), 'a.litmus', FAKES);

test('every generated case is read back as it was, its fields in their order', () => {
  for (let i = 0; i < 300; i++) {
    const c = drawnCase(i);
    expect(JSON.stringify(again(testOf(c)).case)).toBe(JSON.stringify(c));
  }
});

test('so is everything smaller', () => {
  for (let i = 0; i < 8; i++)
    fc.assert(
      fc.property(caseArbitrary(drawnCase(i), FAKES), (c) => {
        expect(again(testOf(c)).case).toEqual(c);
      }),
      { numRuns: 12, seed: i },
    );
});

const c = drawnCase(0);
const values = fc.constantFrom(
  'w1',
  'w12',
  'i0',
  'i31',
  '0',
  'nothing',
  'none',
  'discarding',
  'SIGSEGV',
  'refused',
);
const place = fc.oneof(
  fc.record({ at: fc.constant('result' as const), thread: fc.constant(0), operation: fc.constant(0) }),
  fc.record({ at: fc.constant('memory' as const), addr: fc.nat(7), word: fc.nat(1) }),
);
const { proposition } = fc.letrec<{ proposition: Proposition }>((tie) => ({
  proposition: fc.oneof(
    { maxDepth: 4 },
    fc.constant<Proposition>({ kind: 'clean' }),
    fc.record({ kind: fc.constant('value' as const), place, value: values }),
    fc.record(
      {
        kind: fc.constant('verdict' as const),
        verdict: fc.constantFrom(...VERDICTS.filter((v) => v !== 'divergence')),
        thread: fc.constant(0),
        addr: fc.nat(7),
      },
      { requiredKeys: ['kind', 'verdict'] },
    ),
    fc.record({ kind: fc.constant('not' as const), of: tie('proposition') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('proposition'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

test('every condition, text, model and bound is read back', () => {
  const record = fc.record({
    about: fc.oneof(fc.string({ unit: 'grapheme' }), fc.lorem({ maxCount: 60 })),
    models: fc.array(fc.oneof(fc.constant('v4.14~a/b:range-end'), fc.string({ minLength: 1 })), {
      maxLength: 3,
    }),
    bounds: fc.record(
      { preemptions: fc.nat(60), states: fc.integer({ min: 1000, max: 2e8 }) },
      { requiredKeys: [] },
    ),
    condition: fc.record({
      quantifier: fc.constantFrom('exists' as const, 'forbid' as const, 'forall' as const),
      what: proposition,
    }),
  });
  fc.assert(
    fc.property(record, (more) => {
      const t = testOf(c, more);
      expect(again(t)).toEqual(t);
    }),
    { numRuns: 400, seed: 1 },
  );
});

test('fields that this form has no words for are kept as JSON, whatever they hold', () => {
  const odd = { s: 'a; b | c } "d" (* e *)', n: [1, { deep: null }] };
  const more = {
    ...c,
    world: { ...c.world, mms: c.world.mms.map((mm) => mm.map((r) => ({ ...r, odd }))), odd },
    threads: c.threads.map((t) => ({ ...t, operations: t.operations.map((o) => ({ ...o, odd })), odd })),
    schedule: c.schedule.map((s) => ({ ...s, odd })),
    odd,
  };
  const text = printLitmus(testOf(more), FAKES);
  expect(parseLitmus(text, 'a.litmus', FAKES, () => undefined).case).toEqual(more);
  // the checks of a case know nothing of them
  expect(() => parseLitmus(text, 'a.litmus', FAKES)).toThrow(/^a\.litmus, line \d+: .*unknown field "odd"/);
});

test('a case file comes back byte for byte, whatever else it says and in which order', () => {
  for (let i = 0; i < 50; i++) {
    const file = {
      format: 1,
      shootdown: '0.1.0',
      ...(i % 2 === 0 ? { about: `line\n  two  "quoted" \\ ${'word '.repeat(40)}` } : {}),
      class: 'candidate-only',
      verdict: {
        kind: 'stale-read',
        site: 'a',
        agent: 'device',
        thread: 0,
        addr: 1,
        step: 3,
        text: '(*;',
        opened: 1,
      },
      rates: { schedules: 1, candidate: 1, reference: 0 },
      candidate: { name: 'x', hash: '0123456789abcdef', edits: ['drop a b 1', 'insert "c"; d'] },
      reference: { name: 'y', base: 'z', listing: 'many\nlines' },
      case: drawnCase(i),
      later: { field: [null] },
    };
    const text = `${JSON.stringify(file, null, 2)}\n`;
    const t = litmusOf(JSON.parse(text) as CaseRecord, 'x');
    expect(caseTextOf(again(t))).toBe(text);
  }
});
