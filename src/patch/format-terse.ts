import type { Level } from './judgement-words.js';
import { plain, plural } from './plain-text.js';
import { acceptedMark, baseRemarks, hunkRemarks, placeOf, seriesRemarks, type Remark } from './remarks.js';
import type { SeriesVerdict } from './verdict.js';

/** The words of scripts/checkpatch.pl; b4 and editors know them. */
const LEVEL: Readonly<Record<Level, string>> = {
  error: 'ERROR',
  unknown: 'WARNING',
  warning: 'WARNING',
  pass: 'NOTE',
};

/**
 * `file:line: LEVEL: text`, a line a remark and then a total, as checkpatch --terse prints them. Lines are those of the
 * patched file. What is not about one place has no `file:line:`.
 */
export function renderTerse(v: SeriesVerdict): string {
  const ofHunks = v.hunks.flatMap((h) => hunkRemarks(h).map((r) => [`${plain(placeOf(h))}: `, r] as const));
  const ofSeries = [...seriesRemarks(v), ...baseRemarks(v)].map((r) => ['', r] as const);
  const all = [...ofHunks, ...ofSeries];
  const number = (word: string): number => all.filter(([, r]) => LEVEL[r.level] === word).length;
  return [
    ...all.map(([place, r]) => `${place}${LEVEL[r.level]}: ${lineOf(r)}`),
    `total: ${plural(number('ERROR'), 'error')}, ${plural(number('WARNING'), 'warning')}, ${plural(v.hunks.length, 'hunk')} judged on ${plain(v.base.model.name)}`,
    '',
  ].join('\n');
}

/** The text behind the level; whose failure it is when it is not the patch's. */
function lineOf({ rule, text, evidence }: Remark): string {
  const unusual = evidence !== undefined && !evidence.conforming ? ` (on ${evidence.hardware})` : '';
  const whose = { 'base-fails': 'the base fails as well: ', repaired: 'the patch repairs: ' };
  return plain(
    `${rule === 'base-fails' || rule === 'repaired' ? whose[rule] : ''}${text}${acceptedMark({ evidence })}${unusual}`,
  );
}
