import { plain } from './plain-text.js';
import {
  acceptedMark,
  acceptedSignatures,
  baseRemarks,
  hunkRemarks,
  seriesRemarks,
  worstLevel,
  type Remark,
} from './remarks.js';
import type { JudgedHunk, SeriesVerdict } from './verdict.js';
import { element, escapeXml } from './xml-text.js';

type Test = readonly [attributes: Readonly<Record<string, string | number>>, remarks: readonly Remark[]];

/**
 * JUnit's XML, as CI servers read it: a testcase a hunk, in their order; one more for the whole series when something
 * is wrong that is no single hunk's. `failure` is what the patch breaks, `error` what could not be judged.
 */
export function renderJunit(v: SeriesVerdict): string {
  const tests = [...v.hunks.map(ofHunk), ...ofSeries(seriesRemarks(v))];
  const number = (level: string): number =>
    tests.filter(([, remarks]) => worstLevel(remarks) === level).length;
  const counts = {
    name: 'shootdown validate',
    tests: tests.length,
    failures: number('error'),
    errors: number('unknown'),
    time: v.bounds.seconds.toFixed(3),
  };
  const suite = element('testsuite', { ...counts, skipped: 0 }, [
    `\n${properties(v)}\n`,
    ...tests.map(([attributes, remarks]) => `${testcase(attributes, remarks)}\n`),
    ...output(baseRemarks(v).map((r) => `${r.rule}: ${plain(r.text)}`)).map((e) => `${e}\n`),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', counts, ['\n', suite, '\n'])}\n`;
}

function ofHunk({ hunk }: JudgedHunk, index: number, all: readonly JudgedHunk[]): Test {
  const name = `hunk ${index + 1}${hunk.function === '' ? '' : `: ${hunk.function}`}`;
  const line = hunk.fileLine > 0 ? { line: hunk.fileLine } : {};
  const { file } = hunk;
  return [
    { name: plain(name), classname: plain(file), file: plain(file), ...line, time: 0 },
    hunkRemarks(all[index]),
  ];
}

const ofSeries = (remarks: readonly Remark[]): readonly Test[] =>
  remarks.length === 0 ? [] : [[{ name: 'the series as a whole', classname: 'series', time: 0 }, remarks]];

function properties(v: SeriesVerdict): string {
  const { bounds, base } = v;
  const values = {
    base: base.model.name,
    'base-chosen': base.why,
    verdict: v.judgement,
    accepted: acceptedSignatures(v).join('; '),
    seed: bounds.seed,
    cases: bounds.cases,
    hardware: bounds.hardware.join(' '),
    worlds: bounds.worlds,
    states: bounds.states,
    preemptions: bounds.preemptions,
  };
  const list = Object.entries(values).map(([name, value]) => element('property', { name, value }));
  return element('properties', {}, list);
}

function testcase(attributes: Test[0], remarks: readonly Remark[]): string {
  const level = worstLevel(remarks);
  const bad = level === 'error' || level === 'unknown';
  const said = bad ? remarks.filter((r) => r.level === level) : [];
  const lines = remarks.map((r) =>
    [plain(r.text) + acceptedMark(r), detailOf(r)].filter((t) => t !== '').join('\n'),
  );
  const result = said
    .slice(0, 1)
    .map((r) =>
      element(level === 'error' ? 'failure' : 'error', { type: r.rule, message: plain(r.text) }, [
        escapeXml(lines.join('\n')),
      ]),
    );
  return element('testcase', attributes, [...result, ...(bad ? [] : output(lines))]);
}

const output = (lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [element('system-out', {}, [escapeXml(lines.join('\n'))])];

function detailOf({ evidence }: Remark): string {
  if (evidence === undefined) return '';
  const replay = evidence.directory === undefined ? '' : `\nshootdown replay ${evidence.directory}`;
  return `on ${evidence.hardware}${replay}`;
}
