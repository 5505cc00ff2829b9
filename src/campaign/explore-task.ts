import type { Bounds, Reductions } from '../explore/bounds.js';
import type { Explored, Outcome, Reached } from '../explore/explored.js';
import type { Side } from '../run/lab.js';
import type { Case } from '../scenario/case.js';
import type { Violation } from '../oracle/verdict.js';
import type { Job } from './job.js';

/** All interleavings of one case on one model; together with other workers when there is a table. */
export interface ExploreTask {
  readonly kind: 'explore';
  readonly case: Case;
  readonly side: Side;
  readonly bounds: Bounds;
  readonly reductions: Reductions;
  readonly outcomes: boolean;
  readonly table?: SharedArrayBuffer | undefined;
  /** What workers that share a table learn of the threads: explore/futures. */
  readonly futures?: SharedArrayBuffer | undefined;
  readonly worker: number;
  /** Two words a worker: states so far, and the share that is behind, in millionths. */
  readonly progress?: SharedArrayBuffer | undefined;
}

/** {@link Explored} as lists. */
export interface ExploreResult extends Omit<Explored, 'verdicts' | 'outcomes'> {
  readonly kind: 'explore';
  readonly verdicts: readonly (readonly [string, Reached<Violation>])[];
  readonly outcomes: readonly (readonly [string, Outcome])[];
}

export function performExplore(job: Job, task: ExploreTask, stopped: () => boolean): ExploreResult {
  const { worker, bounds, reductions, outcomes, table, futures } = task;
  const progress = task.progress === undefined ? undefined : new Int32Array(task.progress);
  const explored = job.explore(task.case, task.side, {
    bounds,
    reductions,
    outcomes,
    ...(table === undefined ? {} : { shared: { table, futures, worker } }),
    stopped: (states, done) => {
      progress?.set([states, Math.round(done * 1e6)], 2 * worker);
      return stopped();
    },
  });
  return { ...explored, kind: 'explore', verdicts: [...explored.verdicts], outcomes: [...explored.outcomes] };
}
