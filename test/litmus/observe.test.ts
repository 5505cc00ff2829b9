import { expect, test } from '@jest/globals';

import type { End } from '../../src/explore/end.js';
import type { Explored } from '../../src/explore/explored.js';
import { MAX_OPERATIONS, NOT_COMPARED, SIGSEGV } from '../../src/machine/machine.js';
import { observe, type Observation } from '../../src/litmus/observe.js';
import { readCondition } from '../../src/litmus/parse-condition.js';
import { answerLines, expectedLines } from '../../src/litmus/render.js';
import type { Case } from '../../src/scenario/case.js';
import { drawnCase, testOf } from './fake-test.js';

const drawn = drawnCase(0);
const read = { name: 'user_read', args: [0, 0], choices: [] };
const c: Case = {
  ...drawn,
  threads: [
    { kind: 'cpu', mm: 0, operations: [read] },
    { kind: 'device', mm: 0, operations: [read, read] },
  ],
  schedule: [],
};

/** Results of cpu0.0, dev0.0 and dev0.1; values are one more than in memory. */
function end(results: readonly [number, number, number], more: Partial<End> = {}): End {
  const all = Array.from({ length: 2 * MAX_OPERATIONS }, () => 0);
  all[0] = results[0];
  all[MAX_OPERATIONS] = results[1];
  all[MAX_OPERATIONS + 1] = results[2];
  return { results: all, memory: [2, 0, -1, 33], violation: undefined, ...more };
}

function ask(condition: string, ends: readonly End[], complete = true): Observation {
  const outcomes = new Map(ends.map((what, i) => [String(i), { what, path: [0], times: i + 1 }]));
  const explored = { complete, outcomes } as unknown as Explored;
  return observe(testOf(c, { condition: readCondition(condition, c, 'a test') }), explored);
}

/** w1, i1, nothing yet. */
const first = end([3, 34, 0]);
const second = end([-SIGSEGV, NOT_COMPARED, 1]);
const stale = end([3, 0, 0], {
  memory: undefined,
  violation: { kind: 'stale-read', thread: 1, addr: 0 },
});

test.each([
  ['cpu0.0 = w1', first, true],
  ['dev0.0 = i1', first, true],
  ['dev0.1 = none', first, true],
  ['cpu0.0 = SIGSEGV /\\ dev0.0 = discarding /\\ dev0.1 = 0', second, true],
  ['mm0:0.0 = w1 /\\ mm0:0.1 = 0 /\\ mm0:1.0 = nothing /\\ mm0:1.1 = i1', first, true],
  ['mm0:0.0 = none', stale, true],
  ['clean', first, true],
  ['clean', stale, false],
  ['stale-read', stale, true],
  ['stale-read by dev0 at mm0:0', stale, true],
  ['stale-read by cpu0', stale, false],
  ['stale-read at mm0:1', stale, false],
  ['lost-write', stale, false],
  ['~clean /\\ (cpu0.0 = w2 \\/ cpu0.0 = w1)', stale, true],
  // /\ binds closer
  ['clean \\/ clean /\\ stale-read', first, true],
  ['(clean \\/ clean) /\\ stale-read', first, false],
])('%s', (condition, what, expected) => {
  expect(ask(`exists (${condition})`, [what]).positive).toBe(expected ? 1 : 0);
});

test('ends that look alike are one state; ends are counted', () => {
  const o = ask('exists (cpu0.0 = w1)', [first, end([3, 35, 1]), second]);
  expect(o.states.map((s) => [s.text, s.times, s.holds])).toEqual([
    ['cpu0.0=SIGSEGV; clean;', 3, false],
    ['cpu0.0=w1; clean;', 3, true],
  ]);
  expect([o.positive, o.negative]).toEqual([3, 3]);
});

test.each([
  ['exists (clean)', [first, stale], true, 'ok'],
  ['exists (lost-write)', [first], true, 'no'],
  ['exists (lost-write)', [first], false, 'undecided'],
  ['exists (clean)', [first], false, 'ok'],
  ['forbid (stale-read)', [first], true, 'ok'],
  ['forbid (stale-read)', [first], false, 'undecided'],
  ['forbid (stale-read)', [first, stale], false, 'no'],
  ['forall (clean)', [first, second], true, 'ok'],
  ['forall (clean)', [first, second], false, 'undecided'],
  ['forall (clean)', [first, stale], false, 'no'],
] as const)('%s of %j, complete: %s, is %s', (condition, ends, complete, answer) => {
  expect(ask(condition, ends, complete).answer).toBe(answer);
});

test('the answer is said as herd says it', () => {
  const t = testOf(c, { name: 'two', condition: readCondition('exists (cpu0.0 = w1)', c, 'a test') });
  const o = ask('exists (cpu0.0 = w1)', [first, second]);
  expect(answerLines(t, o, 'complete')).toEqual([
    'Test two Allowed',
    'States 2',
    '2 :> cpu0.0=SIGSEGV; clean;',
    '1 *> cpu0.0=w1; clean;',
    'Ok',
    'Witnesses',
    'Positive: 1 Negative: 2',
    'Condition exists (cpu0.0 = w1)',
    'Observation two Sometimes 1 2',
    'Bounds complete',
  ]);
  expect(expectedLines(t, o, 'complete').filter((line) => /\d+ \d+$|Positive/.test(line))).toEqual([]);
});
