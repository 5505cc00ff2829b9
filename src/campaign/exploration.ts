import type { Bounds, Reductions } from '../explore/bounds.js';
import type { Explored, Outcome, Reached } from '../explore/explored.js';
import { beginAgain } from '../explore/futures.js';
import { sharedTable } from '../explore/shared-state-set.js';
import type { Side } from '../run/lab.js';
import type { Case } from '../scenario/case.js';
import type { ExploreResult, ExploreTask } from './explore-task.js';
import type { Workforce } from './workforce.js';

export interface ExplorationPlan {
  readonly bounds: Bounds;
  readonly reductions: Reductions;
  readonly outcomes: boolean;
}

export interface Progress {
  readonly states: number;
  /** Between 0 and 1; an estimate. */
  readonly done: number;
}

/** A space of so many states is explored by one worker: sharing a table does not pay. */
const SMALL = 200_000;
/** A bound of preemptions orders the search, so that workers would do the same in the same order. */
const TELL_MS = 500;

/**
 * Explores one case on one model, with all workers when its space is large. Complete results do not depend on the
 * number of workers: each state is counted by the one that added it.
 */
export async function exploreOn(
  workforce: Workforce,
  c: Case,
  side: Side,
  plan: ExplorationPlan,
  tell: (progress: Progress) => void = () => undefined,
): Promise<Explored> {
  const { bounds } = plan;
  const alone = workforce.size === 1 || bounds.preemptions !== Infinity;
  const first = alone ? bounds : { ...bounds, states: Math.min(SMALL, bounds.states) };
  const progress = new SharedArrayBuffer(8 * workforce.size);
  const task = (worker: number, more: Partial<ExploreTask>): ExploreTask => ({
    kind: 'explore',
    case: c,
    side,
    bounds,
    reductions: plan.reductions,
    outcomes: plan.outcomes,
    worker,
    progress,
    ...more,
  });
  const timer = setInterval(() => tell(sum(progress)), TELL_MS);
  try {
    const small = await workforce.run(task(0, { bounds: first }));
    if (small.complete || alone || first.states === bounds.states) return joined([small]);
    return await together(workforce, task, bounds.states, small.futures);
  } finally {
    clearInterval(timer);
  }
}

type TaskOf = (worker: number, more: Partial<ExploreTask>) => ExploreTask;

/** All workers on one table of `states`, again and again until what they took for granted holds. */
async function together(
  workforce: Workforce,
  task: TaskOf,
  states: number,
  learned: SharedArrayBuffer | undefined,
): Promise<Explored> {
  const workers = Array.from({ length: workforce.size }, (_, i) => i);
  let futures = learned;
  for (;;) {
    if (futures !== undefined && !beginAgain(futures)) futures = undefined;
    const table = sharedTable(states);
    const parts = await Promise.all(workers.map((worker) => workforce.run(task(worker, { table, futures }))));
    if (!parts.some((x) => x.void)) return joined(parts);
  }
}

function sum(progress: SharedArrayBuffer): Progress {
  const words = new Int32Array(progress);
  let states = 0;
  let done = 0;
  for (let i = 0; i < words.length; i += 2) {
    states += words[i];
    done += words[i + 1] / 1e6;
  }
  return { states, done: Math.min(1, done / (words.length / 2)) };
}

/** What several workers saw of one space. */
function joined(parts: readonly ExploreResult[]): Explored {
  const total = (of: (x: ExploreResult) => number): number => parts.reduce((n, x) => n + of(x), 0);
  return {
    states: total((x) => x.states),
    transitions: total((x) => x.transitions),
    ends: total((x) => x.ends),
    deepest: Math.max(...parts.map((x) => x.deepest)),
    complete: parts.every((x) => x.complete),
    void: false,
    futures: undefined,
    verdicts: shortest(parts.flatMap((x) => x.verdicts)),
    latent: parts.some((x) => x.latent),
    outcomes: counted(parts.flatMap((x) => x.outcomes)),
  };
}

function counted(all: readonly (readonly [string, Outcome])[]): ReadonlyMap<string, Outcome> {
  const times = new Map<string, number>();
  for (const [key, outcome] of all) times.set(key, (times.get(key) ?? 0) + outcome.times);
  return new Map([...shortest(all)].map(([key, x]) => [key, { ...x, times: times.get(key)! }]));
}

function shortest<T extends Reached<unknown>>(
  all: readonly (readonly [string, T])[],
): ReadonlyMap<string, T> {
  const out = new Map<string, T>();
  for (const [key, reached] of all) {
    const had = out.get(key);
    if (had === undefined || reached.path.length < had.path.length) out.set(key, reached);
  }
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}
