import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { parseCaseFile } from '../../src/campaign/case-file.js';
import { version } from '../../src/cli/version.js';
import type { Case } from '../../src/scenario/case.js';
import { fileOf, verdictOf } from './build.js';
import { CASES } from './cases.js';

const CORPUS = join(process.cwd(), 'corpus');
const promote = process.env['UPDATE_GOLDENS'] === '1' && process.env['CI'] === undefined;

test.each(CASES.map((w) => [w.name, w] as const))('%s: each kernel shows what is expected of it', (name, w) => {
  const path = join(CORPUS, `${name}.json`);
  if (promote) {
    writeFileSync(path, fileOf(w, version));
    const lines = Object.entries(w.expected).map(([model, verdict]) => `${model}: ${verdict}\n`);
    writeFileSync(join(CORPUS, `${name}.expected`), lines.join(''));
  }
  const file = parseCaseFile(readFileSync(path, 'utf8'), path);
  const expected = readFileSync(join(CORPUS, `${name}.expected`), 'utf8').trimEnd().split('\n');
  const shown = expected.map((line) => {
    const model = line.slice(0, line.indexOf(': '));
    return `${model}: ${verdictOf(model, file.case as unknown as Case)}`;
  });
  expect(shown).toEqual(expected);
  expect(expected).toEqual(Object.entries(w.expected).map(([model, verdict]) => `${model}: ${verdict}`));
});

test('the corpus holds no case that nobody wrote', () => {
  const names = readdirSync(CORPUS).filter((f) => f.endsWith('.json')).map((f) => f.slice(0, -5));
  expect(names.sort()).toEqual(CASES.map((w) => w.name).sort());
});
