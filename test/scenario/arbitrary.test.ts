import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Prng } from '../../src/base/prng.js';
import { caseArbitrary } from '../../src/scenario/arbitrary.js';
import type { Case, OperationCall } from '../../src/scenario/case.js';
import { checkCase } from '../../src/scenario/check-case.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { FAKES } from './fake-callables.js';

const draw = caseGenerator(FAKES, { choice: 0.5, secondMm: 0.5, secondPud: 0.4 });

/** A generated case with a segment for every operation. */
function drawn(seed: number): Case {
  const c = draw(new Prng(`arbitrary/${seed}`));
  const schedule = c.threads.flatMap((t, thread) =>
    t.operations.map((o, operation) => ({ thread, operation, path: o.name, occurrence: 1 })),
  );
  return { ...c, schedule };
}

/** What fast-check makes of a concrete case that fails as long as `fails` says so. */
function shrunk(c: Case, fails: (c: Case) => boolean): Case {
  const property = fc.property(caseArbitrary(c, FAKES), (smaller) => !fails(smaller));
  const { counterexample } = fc.check(property, { examples: [[c]], numRuns: 1, seed: 1 });
  return counterexample![0];
}

const calls = (c: Case): OperationCall[] => c.threads.flatMap((t) => [...t.operations]);
/** Threads, calls, segments, regions, pages that are there. */
const counts = (c: Case): number[] => {
  const regions = c.world.mms.flat();
  const pages = regions.flatMap((r) => r.pages).filter((p) => p !== 'none');
  return [c.threads.length, calls(c).length, c.schedule.length, regions.length, pages.length];
};

test('every generated case can be shrunk from its value alone', () => {
  for (let i = 0; i < 300; i++)
    expect(caseArbitrary(drawn(i), FAKES).canShrinkWithoutContext(drawn(i))).toBe(true);
});

test('what a case shrinks to is well-formed and no larger, and its segments still name their operations', () => {
  for (let i = 0; i < 60; i++) {
    const c = drawn(i);
    let seen = 0;
    for (const { value } of caseArbitrary(c, FAKES).shrink(c, undefined).take(200)) {
      checkCase(value, FAKES);
      counts(value).forEach((n, i) => expect(n).toBeLessThanOrEqual(counts(c)[i]));
      for (const s of value.schedule)
        expect(value.threads[s.thread].operations[s.operation].name).toBe(s.path);
      seen++;
    }
    expect(seen).toBeGreaterThan(3);
  }
});

test('a case whose munmap is to blame shrinks to that call in an empty world', () => {
  let shrinks = 0;
  for (let i = 0; i < 200; i++) {
    const c = drawn(i);
    const fails = (x: Case): boolean => calls(x).some((o) => o.name === 'munmap');
    if (!fails(c)) continue;
    const best = shrunk(c, fails);
    shrinks++;
    expect(calls(best)).toEqual([{ name: 'munmap', args: [0, 1], choices: [] }]);
    expect(best.hardware).toEqual({});
    expect(best.schedule).toEqual([]);
    expect(best.threads).toHaveLength(1);
    expect(best.world.mms).toHaveLength(1);
    expect(best.world.mms[0]).toHaveLength(2);
    expect(best.world.files).toEqual([]);
    expect(best.world.mms[0].map((r) => r.vma)).toEqual(['none', 'none']);
  }
  expect(shrinks).toBeGreaterThan(5);
});

test('a partner thread stays, and both keep the page that they meet on', () => {
  const c: Case = {
    ...drawn(1),
    world: {
      ...drawn(1).world,
      mms: [0, 1].map(() =>
        [0, 1].map(() => ({
          vma: 'anon',
          writable: true,
          mergeable: false,
          file: 0,
          map: 'pages',
          pages: ['shared', 'page', 'page', 'shared'],
        })),
      ),
      files: [],
      frames: 32,
    },
    threads: [
      { kind: 'cpu', mm: 0, operations: [{ name: 'user_read', args: [1, 0], choices: [] }] },
      { kind: 'cpu', mm: 1, operations: [{ name: 'user_write', args: [15, 1], choices: [] }] },
      { kind: 'device', mm: 1, operations: [{ name: 'device_read', args: [15, 1], choices: [] }] },
    ],
    schedule: [
      { thread: 0, operation: 0, path: 'a', occurrence: 1 },
      { thread: 2, operation: 0, path: 'b', occurrence: 1 },
      { thread: 1, operation: 0, path: '', occurrence: 1 },
    ],
  };
  checkCase(c, FAKES);
  const meet = (x: Case): boolean => {
    const write = calls(x).find((o) => o.name === 'user_write');
    const read = calls(x).find((o) => o.name === 'device_read');
    return (
      write !== undefined &&
      read !== undefined &&
      write.args[0] === read.args[0] &&
      x.schedule.some((s) => s.path === 'b')
    );
  };
  const best = shrunk(c, meet);
  expect(best.threads.map((t) => t.kind)).toEqual(['cpu', 'device']);
  expect(best.schedule).toEqual([{ thread: 1, operation: 0, path: 'b', occurrence: 1 }]);
  expect(
    best.world.mms
      .flat()
      .flatMap((r) => r.pages)
      .filter((p) => p !== 'none'),
  ).toEqual([]);
});

test('generated values of the arbitrary are well-formed', () => {
  for (let i = 0; i < 10; i++)
    for (const value of fc.sample(caseArbitrary(drawn(i), FAKES), { numRuns: 10, seed: 1 }))
      checkCase(value, FAKES);
});
