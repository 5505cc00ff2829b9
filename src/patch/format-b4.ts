import { renderText } from './format-text.js';
import { tallyOf, verdictWords, type Level } from './judgement-words.js';
import { plain } from './plain-text.js';
import { evidenceOf, hunkRemarks, seriesLevel, seriesRemarks } from './remarks.js';
import type { SeriesVerdict } from './verdict.js';

/** b4 takes any other word for `fail`. */
const STATUS: Readonly<Record<Level, 'pass' | 'warn' | 'fail'>> = {
  error: 'fail',
  unknown: 'warn',
  warning: 'warn',
  pass: 'pass',
};

/**
 * What `b4 review` reads from the commands of b4.review-perpatch-check-cmd and b4.review-series-check-cmd (b4 v0.15,
 * "CI check integration"): an array of results, of which it keeps one a message and tool. So there is one.
 */
export function renderB4(v: SeriesVerdict): string {
  const result = {
    tool: 'shootdown',
    status: STATUS[seriesLevel(v)],
    summary: summaryOf(v),
    url: '',
    details: renderText(v),
  };
  return `${JSON.stringify([result], null, 2)}\n`;
}

/** The first thing that is wrong, or else how many hunks of what kind. */
function summaryOf(v: SeriesVerdict): string {
  const first = [...v.hunks.flatMap(hunkRemarks), ...seriesRemarks(v)].find((r) => r.level === 'error');
  const verdict = verdictWords(v.judgement, evidenceOf(v));
  const tally = tallyOf(v.hunks.map((h) => h.judgement));
  return plain(first === undefined ? `${verdict} (${tally})` : `${verdict}: ${first.text} (${tally})`);
}
