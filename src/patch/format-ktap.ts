import { verdictWords } from './judgement-words.js';
import { plain } from './plain-text.js';
import {
  acceptedMark,
  acceptedSignatures,
  baseRemarks,
  evidenceOf,
  hunkRemarks,
  placeOf,
  seriesRemarks,
  worstLevel,
  type Remark,
} from './remarks.js';
import type { JudgedHunk, SeriesVerdict } from './verdict.js';

/**
 * KTAP version 1 (Documentation/dev-tools/ktap.rst): a test a hunk, in their order; one more for the whole series when
 * something is wrong that is no single hunk's. What could not be judged is `not ok` with the directive ERROR, for a
 * skipped test would count as passed.
 */
export function renderKtap(v: SeriesVerdict): string {
  const series = seriesRemarks(v);
  const tests = [
    ...v.hunks.map((h) => [nameOf(h), hunkRemarks(h)] as const),
    ...(series.length === 0 ? [] : [['the series as a whole', series] as const]),
  ];
  return [
    'KTAP version 1',
    `1..${tests.length}`,
    comment(`base: ${v.base.model.name}; chosen: ${v.base.why}`),
    comment(`seed: ${v.bounds.seed}`),
    ...baseRemarks(v).map((r) => comment(`${r.rule}: ${r.text}${hardwareOf(r)}`)),
    ...tests.flatMap(([name, remarks], i) => testLines(i + 1, name, remarks)),
    ...acceptedSignatures(v).map((s) => comment(`accepted before: ${s}`)),
    comment(`verdict: ${verdictWords(v.judgement, evidenceOf(v))}`),
    '',
  ].join('\n');
}

/** A description must not hold a hash sign. */
const nameOf = (h: JudgedHunk): string =>
  plain(`${placeOf(h)} ${h.hunk.function}`.replaceAll('#', '').replaceAll('\\', '/'));

const comment = (text: string): string => `# ${plain(text)}`;

function testLines(number: number, name: string, remarks: readonly Remark[]): string[] {
  const level = worstLevel(remarks);
  const result = level === 'error' || level === 'unknown' ? 'not ok' : 'ok';
  const first = remarks.find((r) => r.level === level)!;
  const directive = level === 'unknown' ? 'ERROR ' : '';
  return [
    ...remarks
      .filter((r) => r.evidence !== undefined || r !== first)
      .map((r) => comment(`${r.text}${acceptedMark(r)}${hardwareOf(r)}`)),
    `${result} ${number} ${name} # ${directive}${plain(first.text)}`,
  ];
}

const hardwareOf = ({ evidence }: Remark): string =>
  evidence === undefined ? '' : ` (on ${evidence.hardware})`;
