import { isFailure } from '../campaign/bucket.js';
import type { Recipe } from '../campaign/job.js';
import type { CampaignResult, FindingRecord } from '../campaign/records.js';
import { showDuration } from './duration.js';
import { ExitCode } from './exit-codes.js';
import { byHardware, findingLines, quoted } from './finding-lines.js';
import { showCount } from './numbers.js';

/** What the summary says of the campaign beside its result. */
export interface Told {
  readonly candidate: string;
  readonly reference: string;
  readonly recipe: Recipe;
  readonly shrinkTries: number;
  /** The command that runs the same cases again. */
  readonly command: string;
  readonly canary: string;
}

/** How a campaign ends. An interrupted one says so, whatever it has found. */
export function exitCodeOf(result: CampaignResult): ExitCode {
  if (result.interrupted) return ExitCode.Interrupted;
  if (result.canary.caught < 0) return ExitCode.ProvesNothing;
  return failures(result).length > 0 ? ExitCode.Findings : ExitCode.Clean;
}

export function failures(result: CampaignResult): FindingRecord[] {
  return result.findings.filter((f) => isFailure(f.shrunk.finding.class));
}

function isConforming(record: FindingRecord): boolean {
  return Object.keys(record.shrunk.finding.case.hardware).length === 0;
}

/** One sentence with its bounds. It never says "safe": a campaign is no proof. */
export function verdictSentence(result: CampaignResult, told: Told): string {
  const bounds = `in ${showCount(result.cases)} cases (${showCount(result.steps)} steps)`;
  if (result.canary.caught < 0 && !result.interrupted)
    return `This campaign proves nothing: the broken model ${told.canary} was not caught in ${showCount(result.canary.cases)} cases.`;
  const conforming = failures(result).filter(isConforming);
  const odd = failures(result).length - conforming.length;
  const found = (n: number): string => `${n} finding${n === 1 ? '' : 's'}`;
  const first =
    conforming.length === 0
      ? `No candidate-only finding and no unexplained divergence on conforming hardware ${bounds}`
      : `${found(conforming.length)} on conforming hardware ${bounds}`;
  const second = odd === 0 ? '' : `; ${found(odd)} that need${odd === 1 ? 's' : ''} unusual hardware`;
  const limit = `candidate-only means: not seen on ${told.reference} in ${told.recipe.search} other schedules of the same case`;
  return `${first}${second}. Within these cases only; ${limit}.`;
}

/** The end of a campaign, for people. */
export function summaryText(result: CampaignResult, told: Told): string {
  const others = result.findings.filter((f) => !isFailure(f.shrunk.finding.class));
  return [
    '',
    ...whatRan(result, told),
    ...section('Findings (these fail the run)', failures(result)),
    ...alsoSeen(others),
    ...notes(result, told),
    '',
    verdictSentence(result, told),
    '',
  ].join('\n');
}

function whatRan(result: CampaignResult, told: Told): string[] {
  const { recipe } = told;
  const rate = result.seconds > 0 ? ` (${showCount(result.cases / result.seconds)} cases/s)` : '';
  const mix = recipe.operations.length === 0 ? 'all' : recipe.operations.join(', ');
  return [
    `${told.candidate} against ${told.reference}`,
    `  ${showCount(result.cases)} cases, ${showCount(result.steps)} steps, ${showDuration(result.seconds)}, ${result.workers} worker${result.workers === 1 ? '' : 's'}${rate}`,
    `  seed ${result.seed}, strategy ${recipe.strategy}, hardware ${recipe.hardware}, operations ${mix}`,
    `  bounds: ${recipe.search} reference schedules a finding, ${showCount(told.shrinkTries)} shrink tries; ${showCount(result.inconclusive)} cases ran out of steps`,
    `  reached ${showCount(result.sitesReached)} sites, ${showCount(result.coverage.steps.size)} steps and ${showCount(result.coverage.pairs.size)} operation pairs; oracles asked ${showCount(sum(result.coverage.asked))} times`,
    ...unreachedLine(result, told),
    canaryLine(result, told),
  ];
}

/** So many unreached steps are named; the JSON summary has all. */
const NAMED = 4;

function unreachedLine({ unreached }: CampaignResult, { candidate }: Told): string[] {
  if (unreached.length === 0) return [`  every step of ${candidate} was reached`];
  const more = unreached.length > NAMED ? ` and ${unreached.length - NAMED} more (--json)` : '';
  return [
    `  ${unreached.length} steps of ${candidate} were never reached: ${unreached.slice(0, NAMED).join(', ')}${more}`,
  ];
}

function canaryLine(result: CampaignResult, told: Told): string {
  const { caught, cases, what } = result.canary;
  if (caught < 0) return `  canary ${told.canary}: NOT caught in ${showCount(cases)} cases`;
  return `  canary ${told.canary}: caught in its case ${caught} (${what})`;
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((a, b) => a + b, 0);
}

function section(title: string, findings: readonly FindingRecord[]): string[] {
  if (findings.length === 0) return [];
  return ['', title, ...findings.flatMap((f) => ['', ...findingLines(f).map((line) => `  ${line}`)])];
}

function alsoSeen(findings: readonly FindingRecord[]): string[] {
  if (findings.length === 0) return [];
  const title = 'Also seen (pre-existing, repaired or latent; these fail no run), a sample of each:';
  return ['', title, ...byHardware(findings).map((line) => `  ${line}`)];
}

function notes(result: CampaignResult, told: Told): string[] {
  const lines = ['', `Again: ${told.command}`];
  const cut = result.findings.filter((f) => f.shrunk.stopped || f.shrunk.capped);
  const first = cut.find((f) => f.directory !== undefined)?.directory;
  const broken = result.findings.filter(
    (f) => ['both', 'reference-only'].includes(f.shrunk.finding.class) && isConforming(f),
  ).length;
  if (broken > 0)
    lines.push(
      `${told.reference} itself fails on conforming hardware (${broken} findings above): what hides behind that is not judged.`,
    );
  if (result.timingOnly > 0)
    lines.push(
      `${result.timingOnly} differences were timing only: the reference shows them under other schedules.`,
    );
  if (result.unconfirmed > 0) lines.push(`${result.unconfirmed} samples were left unconfirmed by Ctrl-C.`);
  if (cut.length > 0 && first !== undefined)
    lines.push(
      `${cut.length} findings were not shrunk to the end; "shootdown shrink ${quoted(first)}" goes on.`,
    );
  if (result.kept > 0) lines.push(`The corpus gained ${result.kept} cases.`);
  return lines;
}
