import { expect, test } from '@jest/globals';

import { RandomScheduler } from '../../src/schedule/random.js';
import { Prng } from '../../src/base/prng.js';
import { Door } from '../../src/shrink/door.js';
import { caseOf, fakeLab, findingOf, namesOf, thread, violation } from './fake-lab.js';

const start = caseOf([thread('a b')]);
const smaller = caseOf([thread('a')]);

function open(tries = 10, shows = () => true): { door: Door; lab: ReturnType<typeof fakeLab> } {
  const lab = fakeLab(() => (shows() ? violation : undefined));
  return { lab, door: new Door(lab, findingOf(start), { tries, search: 1 }) };
}

test('a smaller case with the same finding becomes the best', () => {
  const { door } = open();
  expect(door.offer(smaller)).toBe(true);
  expect(namesOf(door.best.case)).toEqual(['a']);
});

test('a larger case is refused without a run', () => {
  const { door, lab } = open();
  expect(door.offer(caseOf([thread('a b c')]))).toBe(false);
  expect([door.tried, lab.calls.replay]).toEqual([0, 0]);
});

test('an empty case is never a result', () => {
  const { door } = open();
  expect(door.offer(caseOf([]))).toBe(false);
  expect(door.offer(caseOf([thread('')]))).toBe(false);
});

test.each([
  ['kind', { ...violation, kind: 'stale-permission' as const }],
  ['site', { ...violation, site: 'y' }],
  ['agent', { ...violation, agent: 'cpu' as const }],
])('another %s is another finding', (_, other) => {
  const lab = fakeLab((c) => (c.threads[0].operations.length === 2 ? violation : other));
  const door = new Door(lab, findingOf(start), { tries: 10, search: 1 });
  expect(door.offer(smaller)).toBe(false);
  expect(lab.calls.judge).toBe(0);
});

test('another class is another finding, although the run looks the same', () => {
  const lab = fakeLab(() => violation);
  const both = { ...lab, judge: () => ({ ...findingOf(smaller), class: 'both' as const }) };
  const door = new Door(both, findingOf(start), { tries: 10, search: 1 });
  expect(door.offer(smaller)).toBe(false);
});

test('a case that was tried before is not run again', () => {
  const { door, lab } = open(10, () => false);
  expect([door.offer(smaller), door.offer(smaller)]).toEqual([false, false]);
  expect([door.tried, lab.calls.replay]).toEqual([1, 1]);
});

test('nothing is run after the tries are used up, and that is said', () => {
  const { door, lab } = open(1);
  expect(door.offer(smaller)).toBe(true);
  expect([door.tried, door.capped]).toEqual([1, false]);
  expect(door.offer(caseOf([thread('b')]))).toBe(false); // smaller in no count, but tried before the text decides
  expect(door.offer({ ...smaller, world: { ...smaller.world, frames: 1 } })).toBe(false);
  expect(door.rescheduled(start, new RandomScheduler(new Prng('1')))).toBeUndefined();
  expect(lab.calls).toEqual({ replay: 1, judge: 1, schedule: 0 });
  expect([door.tried, door.capped]).toEqual([1, true]);
});

test('each better case is announced', () => {
  const better: string[] = [];
  const lab = fakeLab(() => violation);
  const onBetter = (f: { case: typeof start }): void => void better.push(namesOf(f.case).join());
  const door = new Door(lab, findingOf(start), { tries: 10, search: 1, onBetter });
  door.offer(smaller);
  door.offer(caseOf([thread('c d')]));
  expect(better).toEqual(['a']);
});
