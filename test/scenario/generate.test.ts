import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { BadInput } from '../../src/base/errors.js';
import { Prng } from '../../src/base/prng.js';
import type { Case } from '../../src/scenario/case.js';
import { checkCase } from '../../src/scenario/check-case.js';
import { caseGenerator, generateCase, type GenerateOptions } from '../../src/scenario/generate.js';
import type { HardwareWanted } from '../../src/scenario/generate-hardware.js';
import { FAKES } from './fake-callables.js';

function cases(n: number, options: GenerateOptions = {}, callables = FAKES): Case[] {
  const draw = caseGenerator(callables, options);
  return Array.from({ length: n }, (_, i) => draw(new Prng(`generate/${i}`)));
}

const callsOf = (c: Case): string[] => c.threads.flatMap((t) => t.operations.map((o) => o.name));
const share = (all: readonly Case[], holds: (c: Case) => boolean): number =>
  all.filter(holds).length / all.length;

const few = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 8 }).map((w) => [...w, 1]);
const options = fc.record(
  {
    secondMm: fc.double({ min: 0, max: 1, noNaN: true }),
    secondPud: fc.double({ min: 0, max: 1, noNaN: true }),
    newFile: fc.double({ min: 0, max: 1, noNaN: true }),
    unsuited: fc.double({ min: 0, max: 1, noNaN: true }),
    cpus: few,
    devices: few,
    perThread: few,
    mixSize: few,
    hardware: fc.constantFrom<HardwareWanted>('default', 'any', 'conforming', { range: 'aligned-block' }),
    operations: fc.subarray(FAKES.map((c) => c.operation.name)),
  },
  { requiredKeys: [] },
);

test('every generated case is well-formed and survives JSON, whatever the odds', () => {
  fc.assert(
    fc.property(fc.string(), options, (seed, o) => {
      const c = generateCase(new Prng(seed), FAKES, o);
      checkCase(c, FAKES);
      const back: unknown = JSON.parse(JSON.stringify(c));
      expect(back).toEqual(c);
      checkCase(back, FAKES);
    }),
    { numRuns: 3000, seed: 1 },
  );
});

test('the same seed gives the same case', () => {
  expect(generateCase(new Prng('a/7'), FAKES)).toEqual(generateCase(new Prng('a/7'), FAKES));
  expect(generateCase(new Prng('a/7'), FAKES)).not.toEqual(generateCase(new Prng('a/8'), FAKES));
});

test('every case has an access, and devices call what devices can', () => {
  for (const c of cases(2000)) {
    expect(callsOf(c).some((name) => /_(read|write)$/.test(name))).toBe(true);
    for (const t of c.threads)
      for (const o of t.operations) expect(o.name.startsWith('device_')).toBe(t.kind === 'device');
  }
});

test('half of the cases are conforming, the others have one quirk, rarely two', () => {
  const all = cases(4000);
  const quirks = (n: number): number => share(all, (c) => Object.keys(c.hardware).length === n);
  expect(quirks(0)).toBeCloseTo(0.5, 1);
  expect(quirks(1)).toBeCloseTo(0.45, 1);
  expect(quirks(2)).toBeGreaterThan(0.02);
  expect(quirks(0) + quirks(1) + quirks(2)).toBeCloseTo(1);
});

test('hardware can be fixed', () => {
  expect(share(cases(200, { hardware: 'conforming' }), (c) => Object.keys(c.hardware).length === 0)).toBe(1);
  expect(share(cases(200, { hardware: 'any' }), (c) => Object.keys(c.hardware).length > 0)).toBe(1);
  const hardware = { 'small-invalidation': 'ignored' };
  expect(share(cases(50, { hardware }), (c) => c.hardware['small-invalidation'] === 'ignored')).toBe(1);
  expect(() => caseGenerator(FAKES, { hardware: { range: 'alined-block' } })).toThrow(BadInput);
});

test('a case uses few of the operations, every operation is used, and restricting them holds', () => {
  const all = cases(3000);
  for (const { operation } of FAKES)
    expect(share(all, (c) => callsOf(c).includes(operation.name))).toBeGreaterThan(0.02);
  for (const c of all) expect(new Set(callsOf(c)).size).toBeLessThanOrEqual(5 + 5);
  const munmaps = new Set(cases(300, { operations: ['munmap'] }).flatMap(callsOf));
  expect([...munmaps].sort()).toEqual(['device_read', 'device_write', 'munmap', 'user_read', 'user_write']);
});

test('an operation that does not exist is refused with the nearest name', () => {
  expect(() => caseGenerator(FAKES, { operations: ['unmap'] })).toThrow('Did you mean "munmap"?');
});

test('emphasis makes an operation more frequent, or leaves it out', () => {
  const has = (c: Case): boolean => callsOf(c).includes('collapse');
  const plain = share(cases(1500), has);
  expect(share(cases(1500, { emphasis: new Map([['collapse', 8]]) }), has)).toBeGreaterThan(1.5 * plain);
  expect(share(cases(500, { emphasis: new Map([['collapse', 0]]) }), has)).toBe(0);
});

test('operations are called where they are worth calling', () => {
  let suited = 0;
  let all = 0;
  for (const c of cases(3000)) {
    for (const o of c.threads.flatMap((t) => t.operations)) {
      if (o.name !== 'hugetlb_mprotect') continue;
      const regions = c.world.mms.flat();
      all++;
      if (regions[o.args[0] >> 2].vma.startsWith('hugetlb')) suited++;
    }
  }
  expect(all).toBeGreaterThan(100);
  expect(suited / all).toBeGreaterThan(0.95);
});

test('threads meet: in most cases two of them name the same page', () => {
  const meets = share(cases(2000), (c) => {
    const pages = c.threads.map((t) => new Set(t.operations.map((o) => o.args[0])));
    return pages.some((a, i) => pages.some((b, j) => j > i && [...a].some((page) => b.has(page))));
  });
  expect(meets).toBeGreaterThan(0.6);
});

test('most worlds have one mm and one PUD region, and pages shared with another mm occur', () => {
  const all = cases(
    3000,
    {},
    FAKES.filter((c) => c.operation.name !== 'fork'),
  );
  expect(share(all, (c) => c.world.mms.length === 1)).toBeGreaterThan(0.5);
  expect(share(all, (c) => c.world.mms[0].length === 2)).toBeGreaterThan(0.8);
  expect(share(all, (c) => c.world.mms.flat().some((r) => r.pages.includes('shared')))).toBeGreaterThan(0.03);
});

test('with roles, one side writes the page that the other side reads', () => {
  const oneWay = (c: Case): boolean => {
    const cpus = c.threads.filter(
      (t) => t.kind === 'cpu' && t.operations.some((o) => o.name === 'user_write'),
    );
    const devices = c.threads.filter((t) => t.kind === 'device');
    const read = devices.flatMap((t) => t.operations).filter((o) => o.name === 'device_read');
    return cpus.some((t) =>
      t.operations.some((o) => read.some((r) => r.args[0] === o.args[0] && r.args[1] === o.args[1])),
    );
  };
  expect(share(cases(2000, { roles: 1, ways: [1, 0, 0], userInterferes: 0 }), oneWay)).toBeGreaterThan(0.6);
  expect(share(cases(2000, { roles: 1, ways: [0, 1, 0], userInterferes: 0 }), oneWay)).toBeLessThan(0.1);
});

test('two pages that are compared are two pages, mostly of mergeable regions', () => {
  const all = cases(2000, { operations: ['ksm_scan'] }).flatMap((c) =>
    c.threads.flatMap((t) => t.operations.filter((o) => o.name === 'ksm_scan').map((o) => ({ c, o }))),
  );
  expect(all.every(({ o }) => o.args[0] !== o.args[1])).toBe(true);
  const mergeable = all.filter(({ c, o }) => o.args.every((a) => c.world.mms.flat()[a >> 2].mergeable));
  expect(mergeable.length / all.length).toBeGreaterThan(0.6);
});

test('cases can be about an operation: the first CPU calls it, others meet it and use the page, on up to four CPUs', () => {
  const about = new Map([['munmap', 1]]);
  const all = cases(1000, { about, meetings: 1 });
  const cpus = (c: Case): number => c.threads.filter((t) => t.kind === 'cpu').length;
  expect(share(all, (c) => c.threads[0].operations.at(-1)!.name === 'munmap')).toBe(1);
  for (const n of [2, 3, 4]) expect(share(all, (c) => cpus(c) === n)).toBeGreaterThan(0.03);
  for (const c of all) checkCase(c, FAKES);
  const users = (c: Case): boolean =>
    c.threads.slice(1).some((t) => t.operations.filter((o) => o.name.startsWith('user_')).length >= 2);
  expect(share(all, users)).toBe(1);
});
