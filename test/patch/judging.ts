import { judgeSeries } from '../../src/campaign/judge-series.js';
import { inProcess } from '../../src/campaign/workforce.js';
import { runSeries, type RunPlan } from '../../src/cli/run-series.js';
import { openJob, openPart } from '../../src/cli/trade.js';
import type { Placement } from '../../src/patch/placement.js';
import type { SeriesVerdict } from '../../src/patch/verdict.js';

/** What is spent on one patch; everything else is as `validate` does it, and nothing depends on time. */
export type Budget = Pick<RunPlan, 'cases' | 'worlds' | 'search'> & { readonly seed?: string };

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
  return judgeSeries(placement, runs, openPart);
}
