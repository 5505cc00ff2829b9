import { signatureOf } from '../run/finding.js';
import { JUDGEMENT, verdictWords, type Level } from './judgement-words.js';
import { plural } from './plain-text.js';
import type { Evidence, JudgedHunk, Judgement, Reach, SeriesVerdict } from './verdict.js';

/** What a rule of a checker is: a judgement, a kind of verdict, or a doubt about the run itself. */
export type Rule = Judgement | Evidence['finding']['violation']['kind'] | Doubt;
export type Doubt = 'base-fails' | 'repaired' | 'not-fixed' | 'canary-missed' | 'budget-spent' | 'cut-off';

/** One thing that a checker says, of a hunk or of the whole series. */
export interface Remark {
  readonly level: Level;
  readonly rule: Rule;
  /** One line; of a finding its title, in the same words wherever it is reported. */
  readonly text: string;
  readonly evidence?: Evidence;
}

/** A hunk is remarked upon once for each finding that is blamed on it, or once for its judgement; then for what was accepted. */
export function hunkRemarks(h: JudgedHunk): readonly Remark[] {
  const fresh = ranked(h.evidence).filter((e) => !e.known);
  const known = ranked(h.evidence).filter((e) => e.known);
  const accepted = known.map((e) => ofFinding(e, 'warning'));
  const blame = h.judgement === 'unsafe-in-part' ? 'unknown' : 'error';
  const part = h.judgement === 'unsafe-in-part' ? [inPart(judgementText(h))] : [];
  if (fresh.length > 0) return [...part, ...fresh.map((e) => ofFinding(e, blame)), ...accepted];
  const { level } = JUDGEMENT[h.judgement];
  return [{ level, rule: h.judgement, text: judgementText(h) }, ...accepted];
}

/** What was missing when something was found. */
const inPart = (text: string): Remark => ({ level: 'unknown', rule: 'unsafe-in-part', text });

/** Behind the title of a finding that was accepted before. */
export const acceptedMark = ({ evidence }: { readonly evidence?: Evidence | undefined }): string =>
  evidence?.known === true ? ' (known, accepted)' : '';

/** All that the patch is blamed for, each finding once. */
export function evidenceOf(v: SeriesVerdict): readonly Evidence[] {
  return [...new Set([...v.hunks.flatMap((h) => h.evidence), ...v.joint])];
}

/** The signatures of findings of the patch that were accepted before, each once. */
export function acceptedSignatures(v: SeriesVerdict): readonly string[] {
  const known = evidenceOf(v).filter((e) => e.known);
  return [...new Set(known.map((e) => signatureOf(e.finding)))].sort();
}

/** `safe within bounds; its steps ran 16 times`, `not modelled: …`. */
function judgementText(h: JudgedHunk): string {
  const says = verdictWords(h.judgement, h.evidence);
  return h.judgement === 'safe' || h.why === ''
    ? says + (reachText(h.reach) === '' ? '' : `; ${reachText(h.reach)}`)
    : `${says}: ${h.why}`;
}

/** `its steps ran 16 times`; of steps that are gone, which kernel came to where they stood. '' for nothing. */
export function reachText({ ran, passed, base }: Reach): string {
  if (ran > 0) return `its steps ran ${plural(ran, 'time')}`;
  if (passed > 0) return `the place of what it drops was passed ${plural(passed, 'time')}`;
  if (base > 0)
    return `what it drops ran ${plural(base, 'time')} in the base; the patched kernel never comes there`;
  return '';
}

const ofFinding = (evidence: Evidence, level: Level): Remark => ({
  level,
  rule: evidence.finding.violation.kind,
  text: evidence.title,
  evidence,
});

/** What is wrong, or unknown, of the series beyond its hunks. */
export function seriesRemarks(v: SeriesVerdict): readonly Remark[] {
  return [
    ...(v.missing === undefined ? [] : [inPart(v.missing)]),
    ...ranked(v.joint).map((e) =>
      ofFinding(e, e.known ? 'warning' : v.missing === undefined ? 'error' : 'unknown'),
    ),
    ...(v.repro?.fixed === false ? [notFixed(v.repro)] : []),
    ...(v.doubts ?? []).map((text): Remark => ({ level: 'warning', rule: 'cut-off', text })),
    ...doubts(v),
  ];
}

const notFixed = (r: NonNullable<SeriesVerdict['repro']>): Remark => ({
  level: 'error',
  rule: 'not-fixed',
  text: `${r.file} is not fixed: ${r.text}`,
});

function doubts({ bounds }: SeriesVerdict): readonly Remark[] {
  const out: Remark[] = [];
  if (bounds.cases > 0 && !bounds.canaryCaught)
    out.push({
      level: 'unknown',
      rule: 'canary-missed',
      text: `the planted bug ${bounds.canary} was not found, so that finding nothing proves nothing`,
    });
  if (bounds.spent)
    out.push({
      level: 'unknown',
      rule: 'budget-spent',
      text: 'the budget ended before the cases that were planned had run',
    });
  return out;
}

/** What the base does, nothing that the patch is blamed for. That unusual hardware breaks a base is no warning. */
export function baseRemarks(v: SeriesVerdict): readonly Remark[] {
  const level = (e: Evidence): Level => (e.conforming ? 'warning' : 'pass');
  return [
    ...ranked(v.both).map((e) => ({ ...ofFinding(e, level(e)), rule: 'base-fails' as const })),
    ...ranked(v.repaired).map((e) => ({ ...ofFinding(e, 'pass'), rule: 'repaired' as const })),
  ];
}

/** What was not accepted first, then what needs no unusual hardware, then what fails most often. */
export function ranked(list: readonly Evidence[]): readonly Evidence[] {
  const often = ({ finding: { rates } }: Evidence): number =>
    rates.schedules === 0 ? 0 : Math.max(rates.candidate, rates.reference) / rates.schedules;
  return [...list].sort(
    (a, b) =>
      Number(a.known) - Number(b.known) || Number(b.conforming) - Number(a.conforming) || often(b) - often(a),
  );
}

const LEVELS: readonly Level[] = ['error', 'unknown', 'warning', 'pass'];

/** The worst level of several remarks; `pass` for none. */
export function worstLevel(remarks: readonly Remark[]): Level {
  return LEVELS.find((level) => remarks.some((r) => r.level === level)) ?? 'pass';
}

/** Of everything that is said. */
export function seriesLevel(v: SeriesVerdict): Level {
  return worstLevel([...v.hunks.flatMap(hunkRemarks), ...seriesRemarks(v), ...baseRemarks(v)]);
}

/** `mm/memory.c:2533`, or the file alone when the hunk leaves it no line. */
export function placeOf({ hunk }: JudgedHunk): string {
  return hunk.fileLine > 0 ? `${hunk.file}:${hunk.fileLine}` : hunk.file;
}
