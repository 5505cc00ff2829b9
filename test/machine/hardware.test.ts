import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { CONFORMING, HARDWARE, hardwareFrom, quirksOf } from '../../src/machine/hardware.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { existsIn } from '../../src/program/kernel-version.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const mixed = strategyNamed('mixed');

/** What `cases` cases on such hardware find in the model: verdicts with the agents that showed them. */
function seen(name: string, hardware: object, cases: number, operations?: readonly string[]): Set<string> {
  const model = models.find((m) => m.name === name)!;
  const lab = new Laboratory(callables, model, model);
  const generate = caseGenerator(
    callables.filter((c) => existsIn(c, model.kernel)),
    { hardware, operations, devices: [0, 1, 2], roleDevices: [1, 2] },
  );
  const found = new Set<string>();
  for (let i = 0; i < cases; i++) {
    const prng = new Prng(`hardware/${i}`);
    const { finding } = lab.attempt(generate(prng), mixed.make(prng));
    if (finding !== undefined) found.add(`${finding.violation.kind} ${finding.violation.agent}`);
  }
  return found;
}

const UNMAP = ['munmap', 'madvise_dontneed', 'fsync', 'mprotect', 'khugepaged_scan_pmd'];

test.each([
  ['an IOTLB that is flushed first', { iotlb: 'flushed-first' }],
  ['an IOMMU before each device', { iommus: 'one-each' }],
  ['an IOMMU with a TLB before each device', { iotlb: 'flushed-first', iommus: 'one-each' }],
  ['upper levels in CPUs until any flush, as x86', { 'cpu-walk-cache': 'until-any-flush' }],
  ['upper levels in CPUs at a leaf flush', { 'cpu-walk-cache': 'upper-levels' }],
])(
  'the reference is right on hardware with %s',
  (_what, hardware) => {
    expect([...seen('always-notify', hardware, 4000, UNMAP)]).toEqual([]);
  },
  120_000,
);

test.each([
  [
    'an IOTLB that is flushed last',
    'optimized',
    { iotlb: 'flushed-last' },
    'freed-page-write device',
    ['madvise_dontneed'],
    20_000,
  ],
  [
    'upper levels in CPUs until a full flush',
    'always-notify',
    { 'cpu-walk-cache': 'until-full-flush' },
    'freed-page-write cpu',
    UNMAP,
    8000,
  ],
  [
    'upper levels in IOMMUs, and a kernel that frees tables of its own half unannounced',
    'v6.12',
    { 'walk-cache': 'upper-levels' },
    'freed-page-read device',
    ['vmalloc', 'vmalloc_huge', 'device_kernel_access'],
    8000,
  ],
] as const)(
  'somebody is wrong on hardware with %s',
  (_what, model, hardware, verdict, operations, cases) => {
    expect(seen(model, hardware, cases, operations)).toContain(verdict);
  },
  180_000,
);

test('devices are told of tables of the kernel half by the reference', () => {
  const hardware = { 'walk-cache': 'upper-levels' };
  const found = seen('always-notify', hardware, 8000, ['vmalloc', 'vmalloc_huge', 'device_kernel_access']);
  expect([...found]).toEqual([]);
}, 120_000);

test('every value of a switch is read back from its name, and says what it is', () => {
  for (const { name, values, that } of HARDWARE) {
    expect(that.length).toBe(values.length);
    for (const value of values.slice(1))
      expect(quirksOf(hardwareFrom([`${name}=${value}`]))).toEqual([`${name}=${value}`]);
  }
  expect(quirksOf(CONFORMING)).toEqual([]);
});
