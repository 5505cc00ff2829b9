import { signatureOf } from '../run/finding.js';
import type { Evidence, JudgedHunk, Judgement, SeriesVerdict } from './verdict.js';

/** What a reviewer pastes: plain text, at most 72 columns, as mail wants it. */
const WIDTH = 72;

const SAYS: Readonly<Record<Judgement, string>> = {
  unsafe: 'UNSAFE',
  'unsafe-on-hardware': 'UNSAFE on unusual hardware',
  'not-placeable': 'NOT PLACEABLE',
  'not-modelled': 'NOT MODELLED',
  'not-reached': 'NOT REACHED',
  both: 'safe within bounds; the base itself fails (below)',
  safe: 'safe within bounds',
  repairs: 'repairs the base',
  harmless: 'harmless',
};

const count = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');

/** Breaks at blanks; what has none and is too long stands alone. */
export function wrap(text: string, indent: string, first = indent): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

export function renderText(v: SeriesVerdict): string {
  return [
    ...v.subjects.flatMap((s) => wrap(s, '  ', '')),
    ...wrap(`base: ${v.base.model.name} (${v.base.why})`, '  ', ''),
    ...wrap(`verdict: ${SAYS[v.judgement]}`, '  ', ''),
    '',
    ...v.hunks.flatMap(hunkLines),
    ...section('No single hunk accounts for', v.joint),
    ...section('The base fails as well', v.both),
    ...section('The base fails, the patched kernel does not', v.repaired),
    ...reproLines(v),
    ...worthLines(v),
    ...boundLines(v),
    '',
  ].join('\n');
}

function hunkLines(h: JudgedHunk): string[] {
  const { file, line, function: fn } = h.hunk;
  const where = `${file}${fn === '' ? '' : `, ${fn}`} (line ${line})`;
  const times = h.hunk.edits.length > 0 ? `; its steps ran ${count(h.reached)} times` : '';
  return [
    ...wrap(where, '  ', ''),
    ...wrap(`${SAYS[h.judgement]}${times}`, '    ', '  '),
    ...(h.judgement === 'safe' || h.why === '' ? [] : wrap(h.why, '    ', '    ')),
    ...h.evidence.slice(0, 3).flatMap((e) => evidenceLines(e, h.why)),
  ];
}

function evidenceLines(e: Evidence, said = ''): string[] {
  const { rates, searched } = e.finding;
  const known = e.known ? ' (known, accepted)' : '';
  return [
    ...(said.includes(e.title) ? [] : wrap(`${e.title}${known}`, '      ', '    ')),
    ...wrap(`on ${e.hardware}; ${signatureOf(e.finding)}`, '      ', '    '),
    ...wrap(
      `${rates.candidate} of ${rates.schedules} schedules patched, ${rates.reference} on the base; ${searched} searched`,
      '      ',
      '    ',
    ),
    ...(e.directory === undefined ? [] : [`    shootdown replay ${e.directory}`]),
  ];
}

function section(title: string, list: readonly Evidence[]): string[] {
  if (list.length === 0) return [];
  return ['', `${title}:`, ...list.slice(0, 5).flatMap((e) => evidenceLines(e)), ...more(list.length - 5)];
}

const more = (n: number): string[] => (n > 0 ? [`    and ${n} more (--format json has them all)`] : []);

function reproLines(v: SeriesVerdict): string[] {
  if (v.repro === undefined) return [];
  return [
    '',
    ...wrap(`${v.repro.file}: ${v.repro.fixed ? 'fixed' : 'NOT fixed'}; ${v.repro.text}`, '  ', ''),
  ];
}

function worthLines(v: SeriesVerdict): string[] {
  if (v.worth.length === 0) return [];
  const { before, after, cases } = v.roundTrips;
  return [
    '',
    'What it saves, per call (notifications by slot = round trips):',
    ...v.worth
      .filter((w) => w.before !== w.after)
      .flatMap((w) => [
        `  ${w.operation}`,
        ...wrap(w.before, '      ', '    before: '),
        ...wrap(w.after, '      ', '    after:  '),
      ]),
    ...wrap(
      `${count(before)} device round trips before, ${count(after)} after, in ${count(cases)} undisturbed cases`,
      '  ',
      '  ',
    ),
  ];
}

function boundLines(v: SeriesVerdict): string[] {
  const b = v.bounds;
  if (b.cases === 0) return ['', 'Nothing was run: no hunk changes a step of the model.'];
  const worlds =
    b.worlds === 0
      ? ''
      : ` ${b.worlds} small worlds explored with at most ${b.preemptions} preemptions (${count(b.states)} states${b.incomplete > 0 ? `, ${b.incomplete} not to the end` : ''}).`;
  const canary = b.canaryCaught
    ? `Canary ${b.canary} caught.`
    : `Canary ${b.canary} NOT caught: this proves nothing.`;
  return [
    '',
    ...wrap(
      `Bounds: ${count(b.cases)} cases (${count(b.steps)} steps) on ${b.hardware.join(' and ')} hardware, seed ${b.seed}; a finding is blamed on the patch after ${b.search} other schedules of the base.${worlds} ${canary} What was not run is not judged.`,
      '  ',
      '',
    ),
  ];
}
