import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { BadInput } from '../../src/base/errors.js';
import { CrashStore } from '../../src/campaign/crash-store.js';
import { createDirectory, removeStale, replaceFile } from '../../src/campaign/disk.js';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'shootdown-'));
const now = (): string => '2026-01-01T00:00:00.000Z';
/** A process number that nobody has. */
const DEAD = 2 ** 22 + 1;

const files = (input: number): { 'case.json': string; 'trace.txt': string; 'README.md': string } => ({
  'case.json': `{\n  "searched": ${input},\n  "case": { "input": ${input} }\n}\n`,
  'trace.txt': 'trace\n',
  'README.md': '# found\n',
});

test('a finding is complete on disk when save returns', () => {
  const path = temporary();
  const store = new CrashStore(path, now);
  expect(store.save('b', files(1))).toBe('new');
  expect(readdirSync(join(path, 'b')).sort()).toEqual(['README.md', 'case.json', 'seen.json', 'trace.txt']);
  expect(readFileSync(join(path, 'b', 'case.json'), 'utf8')).toBe(files(1)['case.json']);
  expect(readdirSync(path)).toEqual(['b']);
});

test('a bucket keeps at most three other samples, and no case twice', () => {
  const path = temporary();
  const store = new CrashStore(path, now);
  const saved = [1, 1, 2, 2, 3, 4, 5, 6].map((n) => store.save('b', files(n)));
  expect(saved).toEqual(['new', 'known', 'sample', 'known', 'sample', 'sample', 'known', 'known']);
  expect(
    readdirSync(join(path, 'b'))
      .filter((f) => f.startsWith('case'))
      .sort(),
  ).toEqual(['case-1.json', 'case-2.json', 'case-3.json', 'case.json']);
});

test('counts go on where the last campaign stopped', () => {
  const path = temporary();
  const first = new CrashStore(path, now);
  first.save('b', files(1));
  first.add('b', 5);
  first.flush();
  const second = new CrashStore(path, () => '2027-01-01T00:00:00.000Z');
  expect(second.has('b')).toBe(true);
  second.add('b', 2);
  second.flush();
  expect(JSON.parse(readFileSync(join(path, 'b', 'seen.json'), 'utf8'))).toEqual({
    format: 1,
    count: 7,
    firstSeen: '2026-01-01T00:00:00.000Z',
    lastSeen: '2027-01-01T00:00:00.000Z',
  });
});

test('what a killed campaign left half-built is removed, what a living one builds is kept', () => {
  const path = temporary();
  mkdirSync(join(path, `.tmp-${DEAD}-0`));
  writeFileSync(join(path, `.tmp-${DEAD}-0`, 'case.json'), '{"half');
  mkdirSync(join(path, `.tmp-${process.ppid}-3`));
  mkdirSync(join(path, 'b'));
  writeFileSync(join(path, 'b', 'case.json'), '{}');
  writeFileSync(join(path, 'b', 'seen.json.123456'), '{"form');
  writeFileSync(join(path, 'notes.txt'), 'mine');
  const store = new CrashStore(path, now);
  expect(readdirSync(path).sort()).toEqual([`.tmp-${process.ppid}-3`, 'b', 'notes.txt']);
  expect(readdirSync(join(path, 'b'))).toEqual(['case.json']);
  expect(store.count('b')).toBe(0);
});

test('a directory that is there already is left alone, without a trace of the attempt', () => {
  const path = temporary();
  expect(createDirectory(path, 'b', { 'x.txt': 'first' })).toBe(true);
  expect(createDirectory(path, 'b', { 'x.txt': 'second' })).toBe(false);
  expect(readFileSync(join(path, 'b', 'x.txt'), 'utf8')).toBe('first');
  expect(readdirSync(path)).toEqual(['b']);
});

test('replacing a file leaves no other', () => {
  const path = temporary();
  replaceFile(path, 'seen.json', 'one');
  replaceFile(path, 'seen.json', 'two');
  expect(readFileSync(join(path, 'seen.json'), 'utf8')).toBe('two');
  expect(readdirSync(path)).toEqual(['seen.json']);
  expect(removeStale(path)).toBe(0);
});

test('another campaign on the directory may save a bucket first', () => {
  const path = temporary();
  const one = new CrashStore(path, now);
  const two = new CrashStore(path, now);
  expect(one.save('b', files(1))).toBe('new');
  expect(two.save('b', files(2))).toBe('known');
  expect(readFileSync(join(path, 'b', 'case.json'), 'utf8')).toBe(files(1)['case.json']);
});

test('a crash directory that is a file, or counts that are none, are refused in one sentence', () => {
  const path = temporary();
  writeFileSync(join(path, 'file'), '');
  expect(() => new CrashStore(join(path, 'file'), now)).toThrow(BadInput);
  mkdirSync(join(path, 'crashes', 'b'), { recursive: true });
  writeFileSync(join(path, 'crashes', 'b', 'case.json'), '{}');
  writeFileSync(join(path, 'crashes', 'b', 'seen.json'), '{"count": -1}');
  expect(() => new CrashStore(join(path, 'crashes'), now)).toThrow(/Cannot read .*seen\.json .*expected/);
  expect(existsSync(join(path, 'crashes', 'b', 'seen.json'))).toBe(true);
});
