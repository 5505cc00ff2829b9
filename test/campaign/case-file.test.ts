import { expect, test } from '@jest/globals';

import { BadInput } from '../../src/base/errors.js';
import { findingOf, LARGEST_FILE, parseCaseFile, printFindingFile } from '../../src/campaign/case-file.js';
import { fakeFinding } from './fake-job.js';

const hash = '0123456789abcdef';
const model = { name: 'fake', hash, era: '4.13-4.14', cowReuse: 'mapcount', edits: ['mute a:b'] };
const finding = fakeFinding('wp_page_copy', { quirk: 'late' });

const text = printFindingFile({
  finding,
  candidate: model,
  reference: { ...model, name: 'right' },
  origin: { seed: 's', index: 7 },
  shrunk: { tried: 3, capped: false, minimal: true },
  traceHash: { candidate: hash, reference: hash },
  version: '0.1.0',
});

test('a finding survives being written and read', () => {
  const file = parseCaseFile(text, 'case.json');
  expect(findingOf(file)).toEqual(finding);
  expect(file.origin).toEqual({ seed: 's', index: 7 });
});

interface Loose {
  [name: string]: unknown;
  verdict: Record<string, unknown>;
}

const change = (f: (file: Loose) => void): string => {
  const file = JSON.parse(text) as Loose;
  f(file);
  return JSON.stringify(file);
};

const bad: [string, string, RegExp][] = [
  ['an empty file', '', /is not JSON/],
  ['a truncated file', text.slice(0, 200), /is not JSON/],
  ['another kind of JSON', '[1]', /is not a case file/],
  ['a future version', change((f) => (f.format = 2)), /format 2.*reads up to format 1/],
  ['an unknown field', change((f) => (f.more = 1)), /more/],
  ['a wrong kind', change((f) => (f.verdict.kind = 'bad-luck')), /verdict\.kind/],
  ['a missing model', change((f) => (f.candidate = undefined)), /candidate/],
  ['a case that is no object', change((f) => (f.case = 3)), /at case/],
  ['a finding without a verdict', change((f) => Reflect.deleteProperty(f, 'verdict')), /expected a verdict/],
  ['an oversized file', ' '.repeat(LARGEST_FILE + 1), /larger than 4 MiB/],
];

test.each(bad)('%s is refused in one sentence that names the file', (_name, given, expected) => {
  const attempt = (): unknown => parseCaseFile(given, 'x/case.json');
  expect(attempt).toThrow(BadInput);
  expect(attempt).toThrow(expected);
  expect(attempt).toThrow(/^x\/case\.json [^\n]*\.$/);
});
