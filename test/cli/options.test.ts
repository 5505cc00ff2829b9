import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { BadInput } from '../../src/base/errors.js';
import { parseDuration, showDuration } from '../../src/cli/duration.js';
import { ExitCode } from '../../src/cli/exit-codes.js';
import { quoted } from '../../src/cli/finding-lines.js';
import { hardwareWanted, parseHardware, planOf, type FuzzOptions } from '../../src/cli/fuzz-options.js';
import { parseCount, showCount } from '../../src/cli/numbers.js';

test('durations are read in seconds, minutes, hours, days and weeks', () => {
  expect(['30s', '5m', '2h', '3d', '2w', '1.5h', 'unlimited'].map(parseDuration)).toEqual([
    30,
    300,
    7200,
    259_200,
    1_209_600,
    5400,
    Infinity,
  ]);
});

test.each(['', '5', '-5s', '0s', '5 m', '5y', 'forever', '1e3s', '99w'])(
  'the duration "%s" is refused',
  (text) => {
    expect(() => parseDuration(text)).toThrow(BadInput);
  },
);

test('durations are shown in the units that fit', () => {
  expect([1.23, 45.6, 723, 12_000].map(showDuration)).toEqual(['1.2 s', '45 s', '12 min 3 s', '3 h 20 min']);
});

test('a count is a whole number within its bounds', () => {
  expect(['1', '2_000_000', '2,000,000', '1e6'].map((t) => parseCount('--cases', t, 1, 1e9))).toEqual([
    1, 2e6, 2e6, 1e6,
  ]);
  for (const text of ['0', '-1', '1.5', 'many', '', '2000000000', '0x10'])
    expect(() => parseCount('--cases', text, 1, 1e9)).toThrow(
      `Invalid --cases "${text}"; expected a whole number`,
    );
});

test('counts are shown with commas', () => {
  expect([0, 999, 1000, 1234567].map(showCount)).toEqual(['0', '999', '1,000', '1,234,567']);
});

test('exit codes are those that the README lists', () => {
  const codes = Object.values(ExitCode).filter((v) => typeof v === 'number');
  expect(codes).toEqual([0, 1, 2, 3, 4, 70, 130]);
});

test('hardware is a named mix or switches, and names the nearest switch', () => {
  expect(['default', 'conforming', 'any'].map(parseHardware)).toEqual(['default', 'conforming', 'any']);
  expect(hardwareWanted(parseHardware('dirty-bit=late,range=aligned-block'))).toEqual({
    'dirty-bit': 'late',
    range: 'aligned-block',
  });
  expect(() => parseHardware('conformin')).toThrow('Did you mean "conforming"?');
  expect(() => parseHardware('dirty-bit=often')).toThrow(BadInput);
});

const options: FuzzOptions = {
  candidate: 'c',
  reference: 'r',
  mute: [],
  hardware: 'default',
  strategy: 'mixed',
  shrinkTries: '4000',
  search: '200',
  crashes: 'crashes',
  save: true,
};

test('a campaign runs for a minute unless it is told otherwise', () => {
  const ends = (over: Partial<FuzzOptions>): number[] => {
    const { cases, seconds } = planOf({ ...options, ...over }, 's');
    return [cases, seconds];
  };
  expect(ends({})).toEqual([Infinity, 60]);
  expect(ends({ cases: '10' })).toEqual([10, Infinity]);
  expect(ends({ duration: 'unlimited' })).toEqual([Infinity, Infinity]);
  expect(ends({ cases: '10', duration: '5m' })).toEqual([10, 300]);
});

test.each(['', 'a b', 'x'.repeat(101), 'ü'])('the seed "%s" is refused', (seed) => {
  expect(() => planOf(options, seed)).toThrow('Invalid --seed');
});

test('a word for the shell stays one word and the same', () => {
  fc.assert(
    fc.property(fc.string(), (word) => {
      const text = quoted(word);
      const plain = text.startsWith("'") ? text.slice(1, -1).replaceAll("'\\''", "'") : text;
      expect(plain).toBe(word);
      expect(text === '' || (!text.startsWith("'") && /[\s"$`|&;<>*?#!()]/.test(text))).toBe(false);
    }),
  );
});
