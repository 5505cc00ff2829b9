import { kernelWords } from '../../src/kernel/verbs.js';
import { expect, test } from '@jest/globals';

import { BadInput } from '../../src/base/errors.js';
import { absoluteModel, builtIn, isPath, type Register } from '../../src/cli/load-model.js';
import { modelData, modelHash, modelOfFile } from '../../src/cli/model-data.js';
import { parseMute } from '../../src/cli/mutes.js';
import { callables, models } from '../../models/models.js';
import { operationsIn } from '../../src/program/operations-in.js';

const operations = operationsIn(callables.map((c) => c.operation));
const register: Register = { models, operations, words: kernelWords.withOperations(operations) };
const v4_14 = builtIn('v4.14', register);

test('a mute without a slot takes the slots inside the lock, the range end by name only', () => {
  const inLock = parseMute('wp_page_copy', operations).map((e) => (e.kind === 'mute' ? e.slot : ''));
  expect(inLock).toContain('after-clear');
  expect(inLock).not.toContain('range-end');
  expect(parseMute('wp_page_copy:range-end', operations)).toEqual([
    { kind: 'mute', site: 'wp_page_copy', slot: 'range-end' },
  ]);
});

test('unknown sites, slots and models name the nearest', () => {
  expect(() => parseMute('wp_page_cpy', operations)).toThrow('Did you mean "wp_page_copy"?');
  expect(() => parseMute('wp_page_copy:range-ende', operations)).toThrow('Did you mean "range-end"?');
  expect(() => parseMute('wp_page_copy:a:b', operations)).toThrow(BadInput);
  expect(() => builtIn('v4.15x', register)).toThrow(/Unknown model "v4\.15x".*Did you mean "v4\.1/);
});

test('a muted model has a name that can be given wherever a name can', () => {
  const muted = builtIn('v4.14~wp_page_copy:range-end', register);
  expect(muted.name).toBe('v4.14~wp_page_copy:range-end');
  expect(muted.edits.length).toBe(v4_14.edits.length + 1);
  expect(builtIn(muted.name, register)).toEqual(muted);
});

test('a path is what has a separator or the ending of a module', () => {
  expect(['./m', 'm.ts', 'a/b.js', 'm.mjs'].map(isPath)).toEqual([true, true, true, true]);
  expect(['v4.14', 'optimized'].map(isPath)).toEqual([false, false]);
  expect(absoluteModel('m.ts', '/home/u')).toBe('/home/u/m.ts');
  expect(absoluteModel('v4.14', '/home/u')).toBe('v4.14');
});

test('the hash of a model changes with its edits, its era and its operations', () => {
  const hash = modelHash(v4_14, operations);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(modelHash(builtIn('v4.14~wp_page_copy', register), operations)).not.toBe(hash);
  expect(modelHash({ ...v4_14, era: '4.15-6.5' }, operations)).not.toBe(hash);
  expect(modelHash(v4_14, operations.slice(1))).not.toBe(hash);
});

test('the models of a file are those of today, or are refused by name', () => {
  const data = modelData(builtIn('v4.14~wp_page_copy', register), operations);
  expect(modelOfFile(data, 'case.json', register).name).toBe('v4.14~wp_page_copy');
  expect(() => modelOfFile({ ...data, hash: '0'.repeat(16) }, 'case.json', register)).toThrow(
    /case\.json.*have changed since/,
  );
  expect(() => modelOfFile({ ...data, name: 'mine' }, 'case.json', register)).toThrow(
    'give its file with --model',
  );
});

test('nothing that a file names is loaded', () => {
  const data = { ...modelData(v4_14, operations), name: '/etc/model.js' };
  expect(() => modelOfFile(data, 'case.json', register)).toThrow('is no built-in');
});
