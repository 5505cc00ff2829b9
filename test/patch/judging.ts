import { callables } from '../../models/models.js';
import { judgeSeries } from '../../src/campaign/judge-series.js';
import type { Job, Recipe } from '../../src/campaign/job.js';
import { inProcess } from '../../src/campaign/workforce.js';
import { runSeries, type RunPlan } from '../../src/cli/run-series.js';
import * as trade from '../../src/cli/trade.js';
import type { Placement } from '../../src/patch/placement.js';
import type { SeriesVerdict } from '../../src/patch/verdict.js';
import { Laboratory } from '../../src/run/laboratory.js';

/** What is spent on one patch; everything else is as `validate` does it, and nothing depends on time. */
export type Budget = Pick<RunPlan, 'cases' | 'worlds' | 'search'> & { readonly seed?: string };

/** Laying out a kernel takes longer than the rest of a small budget: the last jobs are kept. */
const jobs = new Map<string, Promise<Job>>();
const KEPT = 2;

function openJob(recipe: Recipe): Promise<Job> {
  const key = JSON.stringify(recipe);
  const job = jobs.get(key) ?? trade.openJob(recipe);
  jobs.delete(key);
  jobs.set(key, job);
  for (const old of [...jobs.keys()].slice(0, -KEPT)) jobs.delete(old);
  return job;
}

/** The judgement of a placement on conforming hardware, in this process. */
export async function judged(
  placement: Placement,
  { seed = 'judged', ...budget }: Budget,
): Promise<Pick<SeriesVerdict, 'judgement' | 'hunks' | 'bounds'>> {
  const runs = await runSeries(placement, {
    ...budget,
    seed,
    seconds: Infinity,
    hardware: ['conforming'],
    known: new Set(),
    crashes: undefined,
    hire: (recipe, canary) => inProcess({ openJob }, recipe, canary),
  });
  return judgeSeries(placement, runs, (a, b) => new Laboratory(callables, a, b));
}
