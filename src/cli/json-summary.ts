import { quirksOfCase, sizeOf } from '../campaign/bucket.js';
import type { CampaignResult } from '../campaign/records.js';
import { exitCodeOf, verdictSentence, type Told } from './summary.js';

/** The end of a campaign, for programs: one JSON value. */
export function summaryJson(result: CampaignResult, told: Told): string {
  const counts = (map: ReadonlyMap<string, number>): Record<string, number> =>
    Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  const value = {
    format: 1,
    candidate: told.candidate,
    reference: told.reference,
    recipe: told.recipe,
    seed: result.seed,
    cases: result.cases,
    steps: result.steps,
    inconclusive: result.inconclusive,
    seconds: Math.round(result.seconds * 1000) / 1000,
    workers: result.workers,
    exitCode: exitCodeOf(result),
    verdict: verdictSentence(result, told),
    interrupted: result.interrupted,
    canary: { model: told.canary, ...result.canary },
    timingOnly: result.timingOnly,
    unconfirmed: result.unconfirmed,
    findings: result.findings.map((f) => ({
      class: f.shrunk.finding.class,
      verdict: f.shrunk.finding.violation,
      hardware: quirksOfCase(f.shrunk.finding),
      size: sizeOf(f.shrunk.finding),
      searched: f.shrunk.finding.searched,
      rates: f.shrunk.finding.rates,
      minimal: f.shrunk.minimal,
      capped: f.shrunk.capped || f.shrunk.stopped,
      tried: f.shrunk.tried,
      count: f.count,
      firstCase: f.index,
      isNew: f.isNew,
      bucket: f.bucket,
      ...(f.directory === undefined ? {} : { directory: f.directory }),
    })),
    sitesReached: result.sitesReached,
    unreached: result.unreached,
    coverage: {
      steps: counts(result.coverage.steps),
      pairs: counts(result.coverage.pairs),
      asked: counts(result.coverage.asked),
    },
    again: told.command,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
