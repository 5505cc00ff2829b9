import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { callables } from '../../models/models.js';
import { litmusTextOf } from '../../src/cli/litmus-convert.js';
import { caseTextOfLitmus } from '../../src/cli/litmus-case.js';
import { differences, readExpected, writeExpected } from '../../src/cli/litmus-expected.js';
import { reachText } from '../../src/cli/explore-text.js';
import { DEFAULT_BOUNDS } from '../../src/explore/bounds.js';
import type { LitmusTest } from '../../src/litmus/litmus-test.js';
import type { Observation } from '../../src/litmus/observe.js';
import { parseLitmus } from '../../src/litmus/parse.js';
import { expectedLines } from '../../src/litmus/render.js';
import { CASES } from './cases.js';
import { litmusOf, observed, textOf } from './litmus.js';

const CORPUS = join(process.cwd(), 'corpus');
const promote = process.env['UPDATE_GOLDENS'] === '1' && process.env['CI'] === undefined;
/** States of a space that this test explores; larger ones are for `shootdown litmus corpus/*.litmus`. */
const QUICK = 12_000;

const lines = (t: LitmusTest, o: Observation): readonly string[] =>
  expectedLines(t, o, reachText({ ...DEFAULT_BOUNDS, ...t.bounds }, 'the choices as written', o.complete));

/**
 * What each model shows. Large spaces are left to `shootdown litmus --promote corpus/NAME.litmus`: what that wrote stays
 * as long as the question is the same.
 */
function promoted(path: string, t: LitmusTest): ReadonlyMap<string, readonly string[]> {
  const before = readExpected(path);
  return new Map(
    t.models.flatMap((model) => {
      const quick = observed(t, model, QUICK);
      if (quick.complete) return [[model, lines(t, quick)]];
      const had = before?.get(model);
      const asked = lines(t, quick).find((line) => line.startsWith('Condition '))!;
      return had?.includes(asked) === true ? [[model, had]] : [];
    }),
  );
}

test.each(CASES.map((w) => [w.name, w] as const))(
  '%s has a litmus form, and shows what is expected of it where its space is small',
  (name, w) => {
    const path = join(CORPUS, `${name}.litmus`);
    const written = litmusOf(w);
    if (promote) {
      writeFileSync(path, textOf(written));
      writeExpected(path, promoted(path, written));
    }
    const read = parseLitmus(readFileSync(path, 'utf8'), path, callables);
    // step numbers change with the operations; `npm run goldens` writes them anew
    const still = (t: LitmusTest): LitmusTest => ({ ...t, case: { ...t.case, schedule: [] } });
    expect(textOf(still(read))).toBe(textOf(still(written)));
    const expected = readExpected(path)!;
    // a model that is missing has a large space: see promoted()
    expect([...expected.keys()]).toEqual(written.models);
    for (const model of written.models) {
      const o = observed(read, model, QUICK);
      if (o.complete) expect(differences(expected.get(model)!, lines(read, o))).toEqual([]);
    }
  },
  600_000,
);

test.each(readdirSync(CORPUS).filter((f) => f.endsWith('.json')))(
  '%s becomes a litmus file and the same bytes again',
  async (file) => {
    const path = join(CORPUS, file);
    const text = litmusTextOf(path);
    expect(await caseTextOfLitmus(text, path)).toBe(readFileSync(path, 'utf8'));
    expect(existsSync(path.replace(/json$/, 'litmus'))).toBe(true);
  },
);
