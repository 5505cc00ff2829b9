import { signatureOf } from '../run/finding.js';
import { JUDGEMENT, tallyOf, verdictWords } from './judgement-words.js';
import { count, plain, plural, wrap } from './plain-text.js';
import { evidenceOf, placeOf, ranked, reachText, seriesRemarks } from './remarks.js';
import type { Evidence, JudgedHunk, SeriesVerdict, Shape } from './verdict.js';

/** Findings that are printed of a hunk, and of the series. */
const MOST = 3;

/** What a reviewer pastes: plain text, at most 72 columns, as mail wants it. */
export function renderText(v: SeriesVerdict): string {
  const harmless = v.hunks.filter((h) => h.judgement === 'harmless');
  return [
    ...v.subjects.filter((s) => plain(s) !== '').flatMap((s) => wrap(s, '  ', '')),
    ...wrap(`base: ${v.base.model.name}`, '  ', ''),
    ...wrap(`chosen: ${v.base.why}`, '    ', '  '),
    ...(v.doubts ?? []).flatMap((d) => wrap(`but ${d}`, '    ', '  ')),
    ...wrap(`verdict: ${verdictWords(v.judgement, evidenceOf(v))}`, '  ', ''),
    ...wrap(tallyOf(v.hunks.map((h) => h.judgement)), '  '),
    ...v.hunks.filter((h) => h.judgement !== 'harmless').flatMap((h) => hunkLines(h, v.subjects.length > 1)),
    ...harmlessLines(harmless),
    ...section('Found with the whole series, and with no hunk of it alone', v.joint),
    ...(v.missing === undefined ? [] : wrap(v.missing, '    ')),
    ...section('The base fails as well, with or without the patch', v.both),
    ...section('The base fails, the patched kernel does not', v.repaired),
    ...reproLines(v),
    ...worthLines(v),
    ...boundLines(v),
    '',
  ].join('\n');
}

function hunkLines(h: JudgedHunk, series: boolean): string[] {
  const { patch, function: fn, verdict, why } = h.hunk;
  const where = `${placeOf(h)}${fn === '' ? '' : `, ${fn}`}${series ? ` (patch ${patch + 1})` : ''}`;
  const unrun = h.hunk.edits.length > 0 && h.judgement !== 'not-reached' ? '; its steps never ran' : '';
  const reach = reachText(h.reach);
  const times = reach === '' ? unrun : `; ${reach}`;
  const blamed = h.evidence.some((e) => !e.known);
  const untold =
    (h.judgement === 'safe' && !h.why.includes(' never ran: ')) ||
    (blamed && h.judgement !== 'unsafe-in-part') ||
    h.judgement === 'accepted' ||
    h.why === '';
  const rest =
    blamed && h.judgement !== 'unsafe-in-part' && (verdict === 'not-modelled' || verdict === 'not-placeable');
  return [
    '',
    ...wrap(where, '  ', ''),
    ...wrap(`${verdictWords(h.judgement, h.evidence)}${times}`, '    ', '  '),
    ...(untold ? [] : wrap(h.why, '    ')),
    ...listed(h.evidence),
    ...(rest ? wrap(`and ${JUDGEMENT[verdict].tally} in part: ${why}`, '    ') : []),
  ];
}

/** Hunks that change nothing that runs: their places, by reason. */
function harmlessLines(hunks: readonly JudgedHunk[]): string[] {
  if (hunks.length === 0) return [];
  const reasons = [...new Set(hunks.map((h) => h.why))];
  const line = (why: string): string[] => {
    const places = hunks.filter((h) => h.why === why).map(placeOf);
    return wrap(`${why === '' ? 'nothing that runs' : why}: ${places.join(', ')}`, '    ', '  ');
  };
  return ['', 'harmless', ...reasons.flatMap(line)];
}

/** The first few, and how many there are besides. */
function listed(list: readonly Evidence[]): string[] {
  const rest = list.length - MOST;
  const unusual = ranked(list)
    .slice(MOST)
    .filter((e) => !e.conforming).length;
  const where = unusual === 0 ? '' : `, ${unusual === rest ? 'all' : count(unusual)} on unusual hardware`;
  return [
    ...ranked(list).slice(0, MOST).flatMap(evidenceLines),
    ...(rest > 0 ? wrap(`and ${count(rest)} more${where} (--format json has them all)`, '    ') : []),
  ];
}

function evidenceLines(e: Evidence): string[] {
  return [
    ...wrap(`${e.title}${e.known ? ' (known, accepted)' : ''}`, '    ', '  - '),
    ...wrap(`on ${e.hardware}; ${ratesOf(e)}`, '    '),
    ...wrap(`signature: ${signatureOf(e.finding)}`, '    '),
    ...(e.directory === undefined ? [] : replayLines(e.directory)),
  ];
}

function ratesOf({ finding: { rates, searched } }: Evidence): string {
  const also = `${plural(searched, 'schedule')} of the base ${searched === 1 ? 'was' : 'were'} searched`;
  if (rates.schedules === 0) return also;
  const often = `fails in ${rates.candidate} of ${plural(rates.schedules, 'schedule')} with the patch, in ${rates.reference} without it`;
  return searched > rates.schedules ? `${often}; ${also}` : often;
}

/** One command, also when it needs two lines. */
function replayLines(directory: string): string[] {
  const [command, ...rest] = wrap(`shootdown replay ${directory}`, '    ');
  return rest.length === 0 ? [command] : [`${command} \\`, ...rest];
}

function section(title: string, list: readonly Evidence[]): string[] {
  return list.length === 0 ? [] : ['', `${title}:`, ...listed(list)];
}

function reproLines({ repro }: SeriesVerdict): string[] {
  if (repro === undefined) return [];
  return ['', ...wrap(`${repro.file}: ${repro.fixed ? 'fixed' : 'NOT fixed'}; ${repro.text}`, '  ', '')];
}

function worthLines({ worth, roundTrips }: SeriesVerdict): string[] {
  if (worth.length === 0) return [];
  const { before, after, cases } = roundTrips;
  const changed = worth.filter((w) => w.before !== w.after);
  const total = `${count(before)} device round trips before, ${count(after)} after, in ${plural(cases, 'undisturbed case')}`;
  if (changed.length === 0) return ['', ...wrap(`It saves nothing, and costs nothing: ${total}.`, '  ', '')];
  return [
    '',
    'What it saves, per call (notifications by slot = round trips):',
    ...changed.flatMap((w) => [
      `  ${plain(w.operation)}`,
      ...wrap(w.before, '      ', '    before: '),
      ...wrap(w.after, '      ', '    after:  '),
    ]),
    ...wrap(total, '  '),
  ];
}

function boundLines(v: SeriesVerdict): string[] {
  const b = v.bounds;
  if (b.cases === 0) return ['', 'Nothing was run: no hunk changes a step of the model.'];
  const ran = `${plural(b.cases, 'case')} (${plural(b.steps, 'step')}) on ${b.hardware.join(' and ')} hardware, seed ${b.seed}. A finding is blamed on the patch after ${plural(b.search, 'other schedule')} of the base.`;
  const canary = b.canaryCaught ? `The planted bug ${b.canary} was found.` : '';
  const doubts = seriesRemarks(v).filter(
    (r) => r.level === 'unknown' && r.rule !== 'unsafe-in-part' && r.evidence === undefined,
  );
  return [
    '',
    ...wrap(`Bounds: ${ran}${worldsOf(v)} ${canary} What was not run is not judged.`, '  ', ''),
    ...doubts.flatMap((r) => wrap(`But ${r.text}.`, '  ', '')),
  ];
}

function worldsOf({ bounds: b }: SeriesVerdict): string {
  if (b.worlds === 0) return '';
  const most = b.preemptions === 0 ? 'no preemption' : `at most ${plural(b.preemptions, 'preemption')}`;
  const cut = b.incomplete > 0 ? `, ${b.incomplete} of them not to the end` : '';
  return ` All schedules with ${most} of ${plural(b.worlds, 'small world')} were explored (${plural(b.states, 'state')}${cut}): ${b.shapes.map(shapeText).join(', ')}.`;
}

/** `12 of 2 CPUs and 1 device`. */
function shapeText({ cpus, devices, worlds }: Shape): string {
  return `${worlds} of ${plural(cpus, 'CPU')}${devices === 0 ? '' : ` and ${plural(devices, 'device')}`}`;
}
