import { HarnessBug } from '../base/assert.js';
import type { Finding } from '../run/finding.js';
import { sampleKey } from './bucket.js';
import type { Job, Tried } from './job.js';
import { caseSeed, lineOf, lineSeeds } from './line.js';
import type {
  BatchResult,
  BatchTask,
  CanaryResult,
  CanaryTask,
  Hits,
  ShrinkResult,
  ShrinkTask,
} from './task.js';

/** Samples of one signature that a batch hands back; the main thread takes fewer. */
const SAMPLES_A_BATCH = 2;

/** Runs a batch. `stopped` is asked between cases; a batch that was stopped says how far it came. */
export function performBatch(job: Job, task: BatchTask, stopped: () => boolean): BatchResult {
  job.resetCoverage();
  const hits = new Map<string, Hits>();
  let steps = 0;
  let inconclusive = 0;
  let cases = 0;
  for (; cases < task.count && !stopped(); cases++) {
    const index = task.from + cases;
    const tried = attempt(job, lineSeeds(task.seed, lineOf(task.seed, index, task.emphasis)));
    steps += tried.steps;
    if (tried.inconclusive) inconclusive++;
    if (tried.finding !== undefined) countHit(hits, index, tried.finding);
  }
  return {
    kind: 'batch',
    from: task.from,
    cases,
    steps,
    inconclusive,
    hits: [...hits.values()],
    tally: job.tally(),
  };
}

/** A failure of shootdown itself names the case that shows it. */
function attempt(job: Job, seeds: readonly string[]): Tried {
  try {
    return job.tryCase(seeds);
  } catch (error) {
    throw new HarnessBug(
      `case ${seeds.join(' > ')}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}

function countHit(hits: Map<string, Hits>, index: number, finding: Finding): void {
  const key = sampleKey(finding);
  const hit = hits.get(key) ?? { key, count: 0, samples: [] };
  hit.count++;
  if (hit.samples.length < SAMPLES_A_BATCH) hit.samples.push({ index, finding, nth: hit.count });
  hits.set(key, hit);
}

/** Confirms, shrinks and renders. When `stopped` says so, what is best then is the result. */
export function performShrink(job: Job, task: ShrinkTask, stopped: () => boolean): ShrinkResult {
  const confirmed = job.confirm(task.finding);
  if (confirmed === undefined) return { kind: 'shrink', shrunk: undefined, rendered: undefined };
  const shrunk = job.shrink(confirmed, task.tries, stopped);
  return { kind: 'shrink', shrunk, rendered: job.render(shrunk.finding) };
}

/** Runs cases of the broken model until one fails as a regression must. */
export function performCanary(job: Job, task: CanaryTask, stopped: () => boolean): CanaryResult {
  for (let i = 0; i < task.count && !stopped(); i++) {
    const { finding } = job.tryCase([caseSeed(`${task.seed}/canary`, task.from + i)]);
    if (finding?.class === 'candidate-only') {
      const { kind, site, agent } = finding.violation;
      return {
        kind: 'canary',
        cases: i + 1,
        caught: task.from + i,
        what: `${kind} by the ${agent} at ${site}`,
      };
    }
  }
  return { kind: 'canary', cases: task.count, caught: -1, what: '' };
}
