import { isFailure, quirksOfCase, sizeOf } from '../campaign/bucket.js';
import type { FindingRecord } from '../campaign/records.js';
import { hardwareText } from '../report/case-text.js';
import type { Finding } from '../run/finding.js';

/** `needs hardware that …`, or that conforming hardware is enough. */
export function hardwareNeeded(finding: Finding): string {
  const text = hardwareText(finding.case);
  return quirksOfCase(finding).length === 0 ? text : `needs ${text}`;
}

const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** `3 operations, 2 threads, 5 segments`. */
export function showSize(finding: Finding): string {
  const { operations, threads, segments } = sizeOf(finding);
  return [plural(operations, 'operation'), plural(threads, 'thread'), plural(segments, 'segment')].join(', ');
}

/** `stale-read by the device at wp_page_copy`. */
export function showVerdict(finding: Finding): string {
  const { kind, agent, site } = finding.violation;
  const what = finding.class === 'divergence' ? 'results differ' : `${kind} by the ${agent}`;
  return site === '' ? what : `${what} at ${site}`;
}

/** `3 of 200 schedules on the candidate, 0 on the reference`. */
export function showRates(finding: Finding): string {
  const { schedules, candidate, reference } = finding.rates;
  if (schedules === 0) return 'no other schedules were tried';
  return `${candidate} of ${schedules} schedules on the candidate, ${reference} on the reference`;
}

/** What ended the shrinking. */
export function showShrunk(record: FindingRecord): string {
  const { minimal, capped, stopped } = record.shrunk;
  if (stopped) return 'shrinking was cut short by time';
  if (capped) return 'shrinking used up its tries';
  return minimal ? 'minimal' : 'not verified to be minimal';
}

/** The lines of one finding: what, on which hardware, how big, how often, where it is and how to run it. */
export function findingLines(record: FindingRecord): string[] {
  const { finding } = record.shrunk;
  const lines = [
    `${finding.class}: ${showVerdict(finding)}; ${hardwareNeeded(finding)}`,
    `  ${showSize(finding)} (${showShrunk(record)}); seen ${record.count}x, first in case ${record.index}; ${showRates(finding)}`,
  ];
  if (record.directory !== undefined) lines.push(`  shootdown replay ${quoted(record.directory)}`);
  return lines;
}

/** What a campaign says of a finding at once: of one that fails no run a line, the directory holds the rest. */
export function announced(record: FindingRecord): string {
  const { finding } = record.shrunk;
  if (isFailure(finding.class)) return findingLines(record).join('\n');
  return `${brief(record)}; ${hardwareNeeded(finding)}${saved(record)}`;
}

/** Lines of findings that fail no run, by the hardware that they need. */
export function byHardware(records: readonly FindingRecord[]): string[] {
  const groups = new Map<string, FindingRecord[]>();
  for (const record of records) {
    const hardware = hardwareNeeded(record.shrunk.finding);
    groups.set(hardware, [...(groups.get(hardware) ?? []), record]);
  }
  return [...groups].flatMap(([hardware, among]) => [
    hardware,
    ...among.map((record) => `  ${brief(record)}, seen ${record.count}x${saved(record)}`),
  ]);
}

const brief = ({ shrunk: { finding } }: FindingRecord): string => `${finding.class}: ${showVerdict(finding)}`;
const saved = ({ directory }: FindingRecord): string =>
  directory === undefined ? '' : `: ${quoted(directory)}`;

/** A word for the shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) && !word.startsWith('~')
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
