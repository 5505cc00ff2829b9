import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { parse as parseJunit, type TestSuite } from 'junit2json';
import { Parser, type Result } from 'tap-parser';
import { z } from 'zod';

import { FORMATS, formatNamed } from '../../src/patch/formats.js';
import { plain } from '../../src/patch/plain-text.js';
import { seriesRemarks } from '../../src/patch/remarks.js';
import type { SeriesVerdict } from '../../src/patch/verdict.js';
import { anyVerdict, evidence, everything, hunk, verdict } from './verdicts.js';

const render = (name: string, v: SeriesVerdict): string => formatNamed(name).render(v);

const ajv = new Ajv.default({ strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const isSarif = ajv.compile(
  JSON.parse(readFileSync('test/patch/fixtures/sarif-2.1.0-rtm.5.json', 'utf8')) as object,
);

/** What the tests look at of a SARIF run. */
interface SarifRun {
  readonly results: readonly {
    readonly ruleId: string;
    readonly kind: string;
    readonly level: string;
    readonly message: { readonly text: string };
    readonly fingerprints: Readonly<Record<string, string>>;
    readonly suppressions?: readonly object[];
    readonly properties: { readonly hunk?: number };
  }[];
  readonly invocations: readonly [{ readonly toolExecutionNotifications: readonly object[] }];
}

/** The run of a SARIF log that OASIS's schema accepts. */
function sarifRun(v: SeriesVerdict): SarifRun {
  const log = JSON.parse(render('sarif', v));
  expect(isSarif(log) ? [] : isSarif.errors).toEqual([]);
  return log.runs[0];
}

/** The tests that a TAP parser finds. */
function ktapTests(v: SeriesVerdict): Result[] {
  const output = render('ktap', v);
  expect(output.split('\n')[0]).toBe('KTAP version 1');
  const events = Parser.parse(output);
  const [, complete] = events.find(([name]) => name === 'complete')!;
  expect([complete.failures.filter((f: { tapError?: string }) => f.tapError), complete.bailout]).toEqual([
    [],
    false,
  ]);
  return events.filter(([name]) => name === 'assert').map(([, result]) => result as Result);
}

async function junitSuite(v: SeriesVerdict): Promise<TestSuite> {
  const result = await parseJunit(render('junit', v));
  const suites = result !== undefined && result !== null && 'testsuite' in result ? result.testsuite : [];
  expect(suites).toHaveLength(1);
  return suites[0];
}

/** The fields that b4's manual lists for results of check commands ("Writing an external check script"). */
const b4Results = z.array(
  z.strictObject({
    tool: z.string().min(1),
    status: z.enum(['pass', 'warn', 'fail']),
    summary: z.string().regex(/^[^\n]*$/),
    url: z.string(),
    details: z.string(),
  }),
);
const b4Result = (v: SeriesVerdict): z.infer<typeof b4Results>[0] => {
  const results = b4Results.parse(JSON.parse(render('b4', v)));
  // b4 keeps one result for each tool.
  expect(results).toHaveLength(1);
  return results[0];
};

/** Tests beyond the hunks. */
const extra = (v: SeriesVerdict): number => Math.min(1, seriesRemarks(v).length);

const one = async (v: SeriesVerdict): Promise<string[]> => {
  const [result] = ktapTests(v);
  const testcase = (await junitSuite(v)).testcase!;
  const outcome = ['failure', 'error'].find((k) => k in testcase[0]) ?? 'pass';
  const [first] = sarifRun(v).results;
  const level = /: ([A-Z]+): /.exec(render('terse', v))![1];
  return [b4Result(v).status, result.ok ? 'ok' : 'not ok', outcome, `${first.kind} ${first.level}`, level];
};

test('a safe hunk passes in every format', async () => {
  expect(await one(verdict())).toEqual(['pass', 'ok', 'pass', 'pass none', 'NOTE']);
});

test('an unsafe hunk fails in every format', async () => {
  const v = verdict({ judgement: 'unsafe', hunks: [hunk({ judgement: 'unsafe', evidence: [evidence()] })] });
  expect(await one(v)).toEqual(['fail', 'not ok', 'failure', 'fail error', 'ERROR']);
});

test('a hunk of which nothing is known passes in no format', async () => {
  for (const judgement of ['not-placeable', 'not-modelled', 'not-reached'] as const) {
    const v = verdict({ judgement, hunks: [hunk({ judgement, why: 'because' })] });
    expect(await one(v)).toEqual(['warn', 'not ok', 'error', 'fail warning', 'WARNING']);
  }
});

test('a base that fails on conforming hardware warns, and blames no hunk', async () => {
  const v = verdict({ judgement: 'both', both: [evidence()] });
  expect(await one(v)).toEqual(['warn', 'ok', 'pass', 'pass none', 'NOTE']);
  expect(render('terse', v)).toContain(`\nWARNING: the base fails as well: ${evidence().title}\n`);
  expect(sarifRun(v).invocations[0].toolExecutionNotifications).toEqual([
    { descriptor: { id: 'base-fails' }, level: 'warning', message: { text: evidence().title } },
  ]);
});

test('what only the whole series breaks fails in every format', async () => {
  const v = verdict({ judgement: 'unsafe', joint: [evidence()] });
  expect(ktapTests(v).map((t) => t.ok)).toEqual([true, false]);
  expect((await junitSuite(v)).failures).toBe(1);
  expect(sarifRun(v).results.map((r) => r.level)).toEqual(['none', 'error']);
  expect(b4Result(v).status).toBe('fail');
  expect(render('terse', v)).toContain(`\nERROR: ${evidence().title}\n`);
});

test('a run that proves nothing passes in no format', async () => {
  for (const doubt of [{ canaryCaught: false }, { spent: true }]) {
    const v = verdict({ bounds: { ...verdict().bounds, ...doubt } });
    expect([b4Result(v).status, ktapTests(v)[1].ok, (await junitSuite(v)).errors]).toEqual([
      'warn',
      false,
      1,
    ]);
    expect(sarifRun(v).invocations[0].toolExecutionNotifications).toHaveLength(1);
  }
});

test('findings stand in SARIF at the lines of the patched file, and keep their fingerprint when lines move', () => {
  const at = (fileLine: number): SarifRun['results'][0] =>
    sarifRun(verdict({ hunks: [hunk({ judgement: 'unsafe', evidence: [evidence()] }, { fileLine })] }))
      .results[0];
  expect(at(2533)).toMatchObject({
    ruleId: 'stale-read',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'mm/memory.c', uriBaseId: 'SRCROOT' },
          region: { startLine: 2533 },
        },
        logicalLocations: [{ name: 'wp_page_copy', kind: 'function' }],
      },
    ],
  });
  expect(at(2540).fingerprints).toEqual(at(2533).fingerprints);
});

test('findings that were accepted fail nothing, and are said in every format', async () => {
  const signature = 'candidate-only stale-read wp_page_copy device';
  const why = `all that was found was accepted before: ${signature}`;
  const known = { judgement: 'accepted', why, evidence: [evidence({ known: true })] } as const;
  const v = verdict({ judgement: 'accepted', hunks: [hunk(known)] });
  expect(await one(v)).toEqual(['warn', 'ok', 'pass', 'fail warning', 'WARNING']);
  const suppressed = sarifRun(v).results.filter((r) => r.suppressions !== undefined);
  expect(suppressed.map((r) => r.ruleId)).toEqual(['stale-read']);
  expect(JSON.parse(render('json', v)).accepted).toEqual([signature]);
  for (const { name } of FORMATS) {
    const text = render(name, v);
    expect(text).not.toContain('safe within bounds');
    if (name !== 'json') expect(text).toContain('1 finding accepted before (--known)');
    expect(text.replaceAll(/\s+|\\n/g, ' ')).toContain(signature);
  }
});

test('JUnit counts what it lists', async () => {
  const suite = await junitSuite(everything());
  const having = (key: string): number => suite.testcase!.filter((t) => key in t).length;
  expect([suite.tests, suite.failures, suite.errors]).toEqual([
    suite.testcase!.length,
    having('failure'),
    having('error'),
  ]);
});

test('any verdict can be printed in every format, and read back with as many hunks', async () => {
  await fc.assert(
    fc.asyncProperty(anyVerdict, async (v) => {
      const hunks = v.hunks.length;
      expect(JSON.parse(render('json', v)).hunks).toHaveLength(hunks);
      expect(b4Result(v).details).toBe(render('text', v));
      expect(render('text', v)).toMatch(new RegExp(`^ +${hunks} hunks?(:|$)`, 'm'));
      expect(ktapTests(v)).toHaveLength(hunks + extra(v));
      expect((await junitSuite(v)).testcase ?? []).toHaveLength(hunks + extra(v));
      const { results } = sarifRun(v);
      const numbers = new Set(results.map((r) => r.properties.hunk).filter((n) => n !== undefined));
      expect(numbers.size).toBe(hunks);
      const terse = render('terse', v).trimEnd().split('\n');
      expect(terse.at(-1)).toContain(`, ${hunks} hunk${hunks === 1 ? '' : 's'} judged on `);
      for (const line of terse.slice(0, -1)) expect(line).toMatch(/^(.+: )?(ERROR|WARNING|NOTE): \S/);
    }),
    { numRuns: 150 },
  );
});

test('a finding has the same title in every format', async () => {
  await fc.assert(
    fc.asyncProperty(anyVerdict, async (v) => {
      const titles = v.hunks
        .flatMap((h) => h.evidence.filter((e) => !e.known).slice(0, 1))
        .map((e) => e.title);
      const suite = JSON.stringify(await junitSuite(v));
      const messages = sarifRun(v).results.map((r) => r.message.text.split('\n')[0]);
      for (const title of titles) {
        expect(JSON.stringify(JSON.parse(render('json', v)))).toContain(JSON.stringify(title));
        expect(messages).toContain(plain(title));
        expect(suite).toContain(JSON.stringify(plain(title)).slice(1, -1));
        for (const name of ['ktap', 'terse']) expect(render(name, v)).toContain(plain(title));
      }
    }),
  );
});

test('text is plain, and no wider than 72 columns but for single words', () => {
  fc.assert(
    fc.property(anyVerdict, (v) => {
      for (const line of render('text', v).split('\n')) {
        expect(line).toMatch(/^[^\p{Cc}\p{Cs}]*$/u);
        const label = /^ *(- |(base|chosen|verdict|before|after|signature|seed|Bounds): *)?/.exec(line)![0];
        expect(line.length <= 72 || !/ \S/.test(line.slice(label.length).trimEnd())).toBe(true);
      }
    }),
  );
});

test('a format that is not there names the nearest', () => {
  expect(() => formatNamed('serif')).toThrow('Did you mean "sarif"?');
  expect(new Set(FORMATS.map((f) => f.name)).size).toBe(FORMATS.length);
});
