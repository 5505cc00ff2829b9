import { operationsWith } from '../program/operations-in.js';
import type { Finding, RunOutcome } from '../run/finding.js';
import type { Lab, Side, Trace } from '../run/lab.js';
import type { Case } from '../scenario/case.js';
import { hardwareText, programLines, quirkTexts, worldLines } from './case-text.js';
import { differencesOf, type Difference } from './model-difference.js';
import { addressText, agentName, cpusOf, pagesOf } from './names.js';
import { orderingLines } from './ordering-text.js';
import { verdictText } from './sentence.js';
import { windowText } from './window-text.js';

/** Differences that are named; more would bury them. */
const NAMED = 4;

/**
 * The page of one finding: a paragraph as a kernel developer would write it on the list, the verdict for both models,
 * how often, how big, how to run it again. `replay` is the command.
 */
export function renderReadme(finding: Finding, lab: Lab, replay = 'npx shootdown replay case.json'): string {
  const side: Side = finding.class === 'reference-only' ? 'reference' : 'candidate';
  const other: Side = side === 'candidate' ? 'reference' : 'candidate';
  const trace = lab.trace(finding.case, side);
  const { case: c, violation: v, ordering } = finding;
  const lines = [
    `# ${titleOf(finding)}`,
    '',
    [
      opening(finding, side),
      ...windowText(c, trace, v),
      ...models(finding, lab, trace),
      otherModel(finding, lab, other),
    ].join(' '),
    '',
    `- \`${finding.candidate}\` (candidate): ${outcomeText(lab.replay(c, 'candidate'))}`,
    `- \`${finding.reference}\` (reference): ${outcomeText(lab.replay(c, 'reference'))}`,
    `- hit rates: ${ratesText(finding)}`,
    `- hardware: ${hardwareText(c)}`,
    `- size: ${sizeText(c)}`,
    `- replay: \`${replay}\``,
    '',
    ...section('Programs', [...programLines(c, lab.callables), ...worldLines(c)]),
    ...(ordering === undefined ? [] : ['## Ordering', '', ...orderingLines(ordering, c), '']),
  ];
  return lines.join('\n');
}

/** `candidate-only: stale-read by a device at wp_page_copy`. */
function titleOf({ class: cls, violation: v }: Finding): string {
  const agent = v.agent === 'cpu' ? 'a CPU' : 'a device';
  return `${cls}: ${v.kind} by ${agent}${v.site === '' ? '' : ` at ${v.site}`}`;
}

function opening({ case: c, violation: v, ...finding }: Finding, side: Side): string {
  const quirks = quirkTexts(c);
  const hardware =
    quirks.length === 0 ? 'on conforming hardware' : `and hardware that ${quirks.join(' and ')}`;
  const where = v.addr < 0 ? '' : ` at ${addressText(v.addr, pagesOf(c))}`;
  const who = v.thread < 0 ? 'at the end' : agentName(v.thread, cpusOf(c));
  return `With \`${finding[side]}\` ${hardware}, ${verdictText(v)} (${who}${where}: ${v.text}).`;
}

/** What only one of the two models does, first in the operations that opened the window, else anywhere. */
function models(finding: Finding, lab: Lab, trace: Trace): readonly string[] {
  const operations = operationsWith(
    lab.callables.map((x) => x.operation),
    [...lab.candidate.edits, ...lab.reference.edits],
  );
  const all = differencesOf(operations, lab.candidate, lab.reference);
  if (all.length === 0) return ['The two models run the same steps.'];
  const blamed = finding.violation.site.split('/')[0];
  const opened = trace.steps[finding.violation.opened];
  const nearest = [
    all.filter((d) => d.operation === blamed),
    all.filter((d) => opened?.path.includes(`${d.operation}:`)),
    all.filter((d) => ran(trace, d.operation)),
  ].find((list) => list.length > 0);
  if (nearest === undefined) return ['The two models differ in no operation that ran here.'];
  return (['candidate', 'reference'] as const).flatMap((side) => {
    const own = nearest.filter((d) => d.runs === side);
    return own.length === 0 ? [] : [`Of the two only \`${finding[side]}\` runs ${placesText(own)}.`];
  });
}

function ran(trace: Trace, operation: string): boolean {
  return trace.steps.some((s) => s.path.startsWith(`${operation}:`) || s.path.includes(` ${operation}:`));
}

function placesText(list: readonly Difference[]): string {
  const named = list
    .slice(0, NAMED)
    .map((d) => `\`${d.place}\`${d.slot === undefined ? '' : ` (slot ${d.slot})`}`);
  const more = list.length > NAMED ? [`${list.length - NAMED} more`] : [];
  const texts = [...named, ...more];
  return texts.length === 1 ? texts[0] : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)!}`;
}

function otherModel(finding: Finding, lab: Lab, other: Side): string {
  const { violation } = lab.replay(finding.case, other);
  const name = `\`${finding[other]}\``;
  if (violation === undefined) return `Under the same schedule ${name} shows nothing.`;
  return `Under the same schedule ${name} shows this too: ${violation.kind}.`;
}

function outcomeText(outcome: RunOutcome): string {
  if (outcome.violation !== undefined) return `${outcome.violation.kind}: ${outcome.violation.text}`;
  return outcome.inconclusive ? 'ran out of steps, nothing is known' : 'no violation';
}

function ratesText({ rates, searched }: Finding): string {
  if (rates.schedules === 0) return 'no other schedule was tried';
  const of = `of ${rates.schedules} schedules of these programs`;
  const bound = searched > 0 ? `; the reference was searched for it on ${searched}` : '';
  return `${rates.candidate} ${of} with the candidate, ${rates.reference} with the reference${bound}`;
}

/** `3 operations, 2 threads, 5 segments`. */
function sizeText(c: Case): string {
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  const busy = c.threads.filter((t) => t.operations.length > 0);
  const operations = busy.reduce((sum, t) => sum + t.operations.length, 0);
  return [
    count(operations, 'operation'),
    count(busy.length, 'thread'),
    count(c.schedule.length, 'segment'),
  ].join(', ');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return [`## ${title}`, '', '```', ...lines, '```', ''];
}
