import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Case } from '../../src/scenario/case.js';
import { joinedSegments } from '../../src/shrink/join-segments.js';
import { joinedThreads } from '../../src/shrink/join-threads.js';
import {
  movedOperation,
  tidy,
  withoutIdleThreads,
  withoutOperation,
  withoutThread,
} from '../../src/shrink/projection.js';
import { memberOf, sizeOf } from '../../src/schedule/runnable.js';
import { caseOf, fakeLab, namesOf, runFake, scheduleOf, scheduleText, thread } from './fake-lab.js';

const two = caseOf([thread('a b c'), thread('x y', 'device')], {
  schedule: scheduleOf('0:0/2 1:0/3 0:1/2 1:1/2 0:2'),
});

test('neighbours of one thread join at the later point', () => {
  expect(scheduleText(tidy(scheduleOf('0:0/2 0:1 1:0 0:2/1')))).toBe('0:1 1:0 0:2/1');
});

test('occurrences of one point add up when its segments join', () => {
  const again = { thread: 0, operation: 0, path: '2', occurrence: 2 };
  expect(tidy([again, again])).toEqual([{ ...again, occurrence: 4 }]);
});

test('a segment that ends where its thread has been already is dropped', () => {
  expect(scheduleText(tidy(scheduleOf('0:1 1:0 0:0/2 0:1 1:1')))).toBe('0:1 1:1');
});

test('segments that end in a dropped operation end with the one before it', () => {
  const rest = withoutOperation(two, 0, 1);
  expect(namesOf(rest)).toEqual(['a c', 'x y']);
  expect(scheduleText(rest.schedule)).toBe('0:0/2 1:0/3 0:0 1:1/2 0:1');
});

test('segments of a dropped first operation vanish', () => {
  expect(scheduleText(withoutOperation(two, 0, 0).schedule)).toBe('1:0/3 0:0/2 1:1/2 0:1');
});

test('a dropped thread leaves what the others did', () => {
  expect(scheduleText(withoutThread(two, 0).schedule)).toBe('0:1/2');
  expect(scheduleText(withoutThread(two, 1).schedule)).toBe('0:2');
});

test('only threads without operations are idle', () => {
  const c = caseOf([thread('a'), thread(''), thread('x', 'device'), thread('', 'device')], {
    schedule: scheduleOf('2:0 0:0'),
  });
  const busy = withoutIdleThreads(c);
  expect(namesOf(busy)).toEqual(['a', 'x']);
  expect(scheduleText(busy.schedule)).toBe('1:0 0:0');
});

test('a moved operation takes its segments along', () => {
  const c = caseOf([thread('a'), thread('b c')], { schedule: scheduleOf('1:0 0:0/2 1:1/3 0:0') });
  const call = c.threads[1].operations[0];
  const moved = movedOperation(c, { thread: 1, operation: 0, call }, { thread: 0, operation: 0 });
  expect(namesOf(moved)).toEqual(['b a', 'c']);
  expect(scheduleText(moved.schedule)).toBe('0:1/2 1:0/3 0:1');
});

test('joined threads do their work in the order in which it was done', () => {
  const c = caseOf([thread('a c'), thread('b')], { schedule: scheduleOf('0:0 1:0 0:1') });
  const [byAppearance] = joinedThreads(c);
  expect(namesOf(byAppearance)).toEqual(['a b c']);
});

test('a later segment is brought forward, or the earlier one waits for it', () => {
  const c = caseOf([thread('a'), thread('x', 'device')], { schedule: scheduleOf('0:0/2 1:0 0:0') });
  expect(joinedSegments(c).map((j) => scheduleText(j.schedule))).toEqual(['0:0 1:0', '1:0 0:0']);
});

/** Cases of two or three threads with the schedule of a run of them, as recordings are. */
const anyCase: fc.Arbitrary<Case> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 3 }),
    draws: fc.array(fc.nat(5), { minLength: 27, maxLength: 27 }),
  })
  .map(({ sizes, draws }) => {
    const c = caseOf(sizes.map((n) => thread(['a', 'b', 'c'].slice(0, n).join(' '))));
    const next = (runnable: number, _last: number, step: number): number =>
      memberOf(runnable, draws[step] % sizeOf(runnable));
    const { schedule } = fakeLab(() => undefined).schedule(c, { name: '', begin() {}, next, waited() {} });
    return { ...c, schedule };
  });

const text = (c: Case): readonly string[] => runFake(c).map((r) => `${r.thread}:${r.operation} ${r.what}`);

test('a tidy schedule with some threads left out runs the same steps', () => {
  fc.assert(
    fc.property(anyCase, fc.nat(2), (c, gone) => {
      const schedule = c.schedule.filter((s) => s.thread !== gone);
      expect(text({ ...c, schedule: tidy(schedule) })).toEqual(text({ ...c, schedule }));
    }),
  );
});

test('without a thread the other threads run the same scheduled steps in the same order', () => {
  fc.assert(
    fc.property(anyCase, (c) => {
      const last = c.threads.length - 1;
      const others = runFake(c).filter((r) => r.thread !== last);
      expect(runFake(withoutThread(c, last))).toEqual(others);
    }),
  );
});

test('without an operation every other one runs as before', () => {
  fc.assert(
    fc.property(anyCase, fc.nat(8), fc.nat(8), (c, t, op) => {
      const at = t % c.threads.length;
      const operation = op % c.threads[at].operations.length;
      const gone = (r: { thread: number; operation: number }): boolean =>
        r.thread === at && r.operation === operation;
      const others = runFake(c).filter((r) => !gone(r));
      const rest = runFake(withoutOperation(c, at, operation));
      expect(rest.map((r) => `${r.thread} ${r.what}`)).toEqual(others.map((r) => `${r.thread} ${r.what}`));
    }),
  );
});
