import { hardwareText } from '../report/case-text.js';
import { violationSentence } from '../report/sentence.js';
import type { Finding } from '../run/finding.js';
import { signatureOf } from '../run/finding.js';
import type { DifferingStep } from '../patch/difference.js';
import type { Placement } from '../patch/placement.js';
import {
  worst,
  type Evidence,
  type JudgedBounds,
  type JudgedHunk,
  type Judgement,
  type SeriesVerdict,
} from '../patch/verdict.js';
import { isFailure } from './bucket.js';
import { missingBeside, missingIn, type Missing } from './missing-parts.js';
import { isReached, reachOf, unrunAmong } from './reach.js';
import { Blame, type OpenLab } from './blame-hunks.js';
import type { CampaignResult } from './records.js';
import type { SmallWorlds } from './small-worlds.js';

/** What was run to judge a series. */
export interface Runs {
  readonly campaigns: readonly CampaignResult[];
  readonly small: SmallWorlds;
  /** The steps that each hunk changes, named as coverage has them. */
  readonly steps: readonly (readonly DifferingStep[])[];
  /** What the functions that each hunk changes do wrong on some path, where the base does not. */
  readonly imbalances: readonly (readonly string[])[];
  /** Signatures of findings that were accepted before. */
  readonly known: ReadonlySet<string>;
  readonly hardware: readonly string[];
  readonly search: number;
  readonly seed: string;
  readonly canary: string;
  readonly spent: boolean;
}

type Verdict = Omit<SeriesVerdict, 'worth' | 'roundTrips' | 'repro' | 'subjects' | 'doubts'>;

/** What the runs say of each hunk and of the series. No name of a function, file or bug decides anything here. */
export function judgeSeries(placement: Placement, runs: Runs, open: OpenLab): Verdict {
  const { base, hunks, model } = placement;
  const edits = hunks.map((h) => h.edits);
  const seen = distinct(runs);
  const evidenceOf = (list: readonly Seen[]): readonly Evidence[] => list.map((s) => s.evidence);
  const failing = seen.filter((s) => isFailure(s.finding.class));
  const repairing = seen.filter((s) => s.finding.class === 'reference-only');
  const blame = new Blame(base.model, model, edits, open);
  const blamed = failing.map((s) => blame.of(s.finding));
  const credited = repairing.map((s) => blame.credit(s.finding));
  const reached = runs.steps.map((steps) => reachOf(steps, runs.campaigns));
  const judged = hunks.map((hunk, i): JudgedHunk => {
    const evidence = evidenceOf(failing.filter((_, k) => blamed[k].includes(i)));
    const repairs = credited.some((list) => list.includes(i));
    const seen = { hunk, evidence, reach: reached[i] };
    const unrun = unrunAmong(runs.steps[i], runs.campaigns);
    const judged = judgeHunk(seen, repairs, runs.imbalances[i], unrun, missingBeside(hunk, hunks));
    return { ...seen, ...judged };
  });
  const joint = evidenceOf(failing.filter((_, k) => blamed[k].length === 0));
  const both = evidenceOf(seen.filter((s) => s.finding.class === 'both'));
  const missing = joint.length === 0 ? undefined : missingIn(hunks);
  return {
    base,
    judgement: ofSeries(judged, joint, both, missing !== undefined),
    hunks: judged,
    joint,
    missing,
    both,
    repaired: evidenceOf(repairing),
    bounds: boundsOf(runs),
  };
}

interface Seen {
  readonly finding: Finding;
  readonly evidence: Evidence;
}

/** Each signature once, on conforming hardware if it was seen there. */
function distinct(runs: Runs): readonly Seen[] {
  const out = new Map<string, Seen>();
  const add = (finding: Finding, directory: string | undefined): void => {
    const conforming = Object.keys(finding.case.hardware).length === 0;
    const key = signatureOf(finding);
    const had = out.get(key);
    if (had !== undefined && (had.evidence.conforming || !conforming)) return;
    const evidence: Evidence = {
      finding,
      title: violationSentence(finding.violation, finding.case),
      hardware: hardwareText(finding.case),
      conforming,
      known: runs.known.has(key),
      directory,
    };
    out.set(key, { finding, evidence });
  };
  for (const campaign of runs.campaigns)
    for (const r of campaign.findings) add(r.shrunk.finding, r.directory);
  runs.small.findings.forEach((finding, i) => add(finding, runs.small.directories[i]));
  return [...out.values()];
}

function judgeHunk(
  { hunk, evidence, reach }: Pick<JudgedHunk, 'hunk' | 'evidence' | 'reach'>,
  repairs: boolean,
  imbalances: readonly string[],
  unrun: string,
  missing: Missing | undefined,
): { judgement: Judgement; why: string } {
  const fresh = evidence.filter((e) => !e.known);
  if (fresh.length > 0 && missing !== undefined) return { judgement: 'unsafe-in-part', why: missing.why };
  const conforming = fresh.find((e) => e.conforming);
  if (conforming !== undefined) return { judgement: 'unsafe', why: conforming.title };
  if (fresh.length > 0)
    return { judgement: 'unsafe-on-hardware', why: `on ${fresh[0].hardware}: ${fresh[0].title}` };
  if (imbalances.length > 0 && missing?.beside !== true) {
    const paths = `${imbalances.join('; ')}; the base has no such path`;
    if (missing === undefined) return { judgement: 'unbalanced', why: paths };
    return { judgement: 'unsafe-in-part', why: `${paths}; ${missing.why}` };
  }
  if (hunk.verdict === 'not-modelled' || hunk.verdict === 'not-placeable')
    return { judgement: hunk.verdict, why: hunk.why };
  if (hunk.verdict === 'harmless' || hunk.edits.length === 0) return { judgement: 'harmless', why: hunk.why };
  if (evidence.length > 0) return { judgement: 'accepted', why: acceptedText(evidence) };
  if (!isReached(reach))
    return { judgement: 'not-reached', why: 'no case reached a step that it changes, so nothing is known' };
  if (repairs) return { judgement: 'repairs', why: 'the base fails without it, and does not with it' };
  return { judgement: 'safe', why: `nothing was found within the bounds${unrun}` };
}

/** `all that was found was accepted before: candidate-only stale-read wp_page_copy device`. */
function acceptedText(evidence: readonly Evidence[]): string {
  return `all that was found was accepted before: ${evidence.map((e) => signatureOf(e.finding)).join('; ')}`;
}

function ofSeries(
  hunks: readonly JudgedHunk[],
  joint: readonly Evidence[],
  both: readonly Evidence[],
  missing: boolean,
): Judgement {
  const fresh = joint.filter((e) => !e.known);
  return worst([
    ...hunks.map((h) => h.judgement),
    ...fresh.map((e): Judgement =>
      missing ? 'unsafe-in-part' : e.conforming ? 'unsafe' : 'unsafe-on-hardware',
    ),
    ...(joint.length > fresh.length ? (['accepted'] as const) : []),
    ...(both.length > 0 ? (['both'] as const) : []),
  ]);
}

function boundsOf(runs: Runs): JudgedBounds {
  const sum = (of: (c: CampaignResult) => number): number => runs.campaigns.reduce((n, c) => n + of(c), 0);
  const { worlds, states, preemptions, incomplete, shapes } = runs.small;
  return {
    seed: runs.seed,
    cases: sum((c) => c.cases),
    steps: sum((c) => c.steps),
    seconds: sum((c) => c.seconds),
    hardware: runs.hardware,
    search: runs.search,
    worlds,
    states,
    preemptions,
    incomplete,
    shapes,
    canary: runs.canary,
    canaryCaught: runs.campaigns.every((c) => c.canary.caught >= 0),
    spent: runs.spent,
  };
}
