import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Prng } from '../../src/base/prng.js';
import type { Case, ThreadProgram } from '../../src/scenario/case.js';
import { RandomScheduler } from '../../src/schedule/random.js';
import { signatureOf } from '../../src/run/finding.js';
import { singleDrops } from '../../src/shrink/minimal.js';
import { compareCases, measure } from '../../src/shrink/order.js';
import { shrink, type Shrunk } from '../../src/shrink/shrinker.js';
import {
  NO_REGION,
  caseOf,
  fakeLab,
  findingOf,
  namesOf,
  ranInOrder,
  region,
  runFake,
  scheduleText,
  thread,
  violation,
  type Shows,
} from './fake-lab.js';

/** A CPU's a is preempted twice by a device's x, on a mapped page, on hardware with late dirty bits. */
const PLANTED: Shows = (c, ran) => {
  const window = ranInOrder(ran, ['a.1', 'x.2', 'a.2', 'x.3', 'a.3']);
  const mapped = c.world.mms[0].some((r) => r.pages.includes('page'));
  return window && mapped && c.hardware['dirty-bit'] === 'late' ? violation : undefined;
};

const threads: readonly ThreadProgram[] = [
  thread('p a q'),
  thread('b a r s'),
  thread('x y', 'device'),
  thread('z x', 'device'),
];
const start = caseOf(threads, {
  world: {
    mms: [
      [region({ pages: ['page', 'zero', 'page', 'none'] }), region({ map: 'huge' }), NO_REGION, region()],
      [NO_REGION, NO_REGION, NO_REGION, NO_REGION],
    ],
    files: ['dax'],
    frames: 32,
    swapSlots: 4,
  },
  hardware: { 'dirty-bit': 'late', prefetch: 'any-time' },
});

/** The case with the schedule of the first random run that shows what is planted, if one does. */
function firstFailing(c: Case, shows: Shows): Case | undefined {
  const lab = fakeLab(shows);
  const prng = new Prng('a seed');
  for (let i = 0; i < 5000; i++) {
    const { outcome, schedule } = lab.schedule(c, new RandomScheduler(prng));
    if (outcome.violation !== undefined) return { ...c, schedule };
  }
  return undefined;
}

function failing(c: Case, shows: Shows): Case {
  const found = firstFailing(c, shows);
  if (found === undefined) throw new Error('no random run shows the finding');
  return found;
}

function shrunk(c: Case, shows: Shows, tries = 20_000): Shrunk {
  return shrink(findingOf(c), fakeLab(shows), { tries, search: 1 });
}

test('a failing run of many operations becomes the two that matter', () => {
  const { finding, minimal, capped } = shrunk(failing(start, PLANTED), PLANTED);
  const best = finding.case;
  expect([minimal, capped]).toEqual([true, false]);
  expect(namesOf(best)).toEqual(['a', 'x']);
  expect(best.hardware).toEqual({ 'dirty-bit': 'late' });
  expect(scheduleText(best.schedule)).toBe('0:0/2 1:0/3 0:0/3 1:0');
  const pages = best.world.mms.flat().flatMap((r) => r.pages);
  expect(pages.filter((state) => state !== 'none')).toEqual(['page']);
  expect(pages.length).toBe(8);
  expect(best.world.files).toEqual([]);
});

test('without any single thing a minimal case does not show the finding', () => {
  const { finding } = shrunk(failing(start, PLANTED), PLANTED);
  const drops = singleDrops(finding.case);
  expect(drops.length).toBeGreaterThan(7);
  for (const c of drops) expect(PLANTED(c, runFake(c))).toBeUndefined();
});

test('every better case is smaller than the one before and shows the same finding', () => {
  const c = failing(start, PLANTED);
  let last = c;
  let announced = 0;
  shrink(findingOf(c), fakeLab(PLANTED), {
    tries: 20_000,
    search: 1,
    onBetter(f) {
      expect(compareCases(f.case, last)).toBeLessThan(0);
      expect(PLANTED(f.case, runFake(f.case))).toEqual(violation);
      expect(signatureOf(f)).toBe(signatureOf(findingOf(c)));
      last = f.case;
      announced++;
    },
  });
  expect(announced).toBeGreaterThan(5);
});

test('the same finding shrinks to the same case with as many tries', () => {
  const c = failing(start, PLANTED);
  expect(shrunk(c, PLANTED)).toEqual(shrunk(c, PLANTED));
});

test.each([0, 1, 2, 10, 40])(
  'after %d tries the best so far is returned, and that there might be a better one',
  (n) => {
    const c = failing(start, PLANTED);
    const { finding, tried, capped, minimal } = shrunk(c, PLANTED, n);
    expect([tried, capped, minimal]).toEqual([n, true, false]);
    expect(PLANTED(finding.case, runFake(finding.case))).toEqual(violation);
    expect(compareCases(finding.case, c)).toBeLessThanOrEqual(0);
  },
);

test('a finding that its case does not show is returned as it is', () => {
  const result = shrunk(start, () => undefined);
  expect(result).toEqual({ finding: findingOf(start), tried: 1, capped: false, minimal: false });
});

test('a small case is minimal after few tries', () => {
  const tiny = caseOf([thread('a')]);
  const { finding, tried, minimal } = shrunk(tiny, () => violation);
  expect([finding.case, minimal]).toEqual([tiny, true]);
  expect(tried).toBeLessThan(60);
});

test('another finding on the way is not taken for this one', () => {
  const other = { ...violation, site: 'y' };
  const shows: Shows = (c, ran) => PLANTED(c, ran) ?? other;
  const { finding } = shrunk(
    failing(start, (c, ran) => PLANTED(c, ran)),
    shows,
  );
  expect([finding.violation.site, namesOf(finding.case)]).toEqual(['x', ['a', 'x']]);
});

/** Two or three steps of different operations that must run in that order, one after the other preempted. */
const pattern = fc.uniqueArray(fc.constantFrom('a.2', 'b.1', 'x.2', 'y.3', 'q.1'), {
  minLength: 2,
  maxLength: 3,
});

test('whatever order of steps matters, only their operations are left', () => {
  fc.assert(
    fc.property(pattern, (steps) => {
      const shows: Shows = (_, ran) => (ranInOrder(ran, steps) ? violation : undefined);
      const found = firstFailing(start, shows);
      fc.pre(found !== undefined);
      const { finding, minimal } = shrunk(found, shows);
      expect(minimal).toBe(true);
      const left = finding.case.threads.flatMap((t) => t.operations.map((o) => o.name));
      expect(left.toSorted()).toEqual(steps.map((s) => s[0]).toSorted());
      // the number of segments that a window of as many threads needs
      expect(measure(finding.case)[7]).toBeLessThanOrEqual(steps.length - 1);
    }),
    { numRuns: 20 },
  );
});
