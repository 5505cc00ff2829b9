import type { Finding } from '../run/finding.js';
import type { ExploreResult, ExploreTask } from './explore-task.js';
import type { Tally } from '../run/lab.js';
import type { Rendered, Shrunk } from './job.js';
import type { Emphasis } from './line.js';

/** Runs the cases `from` to `from + count - 1` of a campaign. */
export interface BatchTask {
  readonly kind: 'batch';
  readonly seed: string;
  readonly from: number;
  readonly count: number;
  /** What every second case begins with; nothing: every case is drawn afresh. */
  readonly emphasis: Emphasis;
}

/** Confirms one finding, shrinks it and writes its texts. */
export interface ShrinkTask {
  readonly kind: 'shrink';
  readonly finding: Finding;
  readonly tries: number;
  /** Give up after this many seconds, keeping the best so far. */
  readonly seconds: number;
}

/** Runs cases of the seeded broken model until one fails. */
export interface CanaryTask {
  readonly kind: 'canary';
  readonly seed: string;
  readonly from: number;
  readonly count: number;
}

export type Task = BatchTask | ShrinkTask | CanaryTask | ExploreTask;

/** How often a signature was seen in a batch, and its first samples in the order of the cases. */
export interface Hits {
  readonly key: string;
  count: number;
  readonly samples: { readonly index: number; readonly finding: Finding; readonly nth: number }[];
}

export interface BatchResult {
  readonly kind: 'batch';
  readonly from: number;
  /** Fewer than asked for when the campaign was stopped. */
  readonly cases: number;
  readonly steps: number;
  readonly inconclusive: number;
  readonly hits: readonly Hits[];
  readonly tally: Tally;
}

export interface ShrinkResult {
  readonly kind: 'shrink';
  /** Undefined: the search of the reference showed that it was timing only. */
  readonly shrunk: Shrunk | undefined;
  readonly rendered: Rendered | undefined;
}

export interface CanaryResult {
  readonly kind: 'canary';
  readonly cases: number;
  /** Number of the case that caught it, -1 for none. */
  readonly caught: number;
  readonly what: string;
}

export type TaskResult<T extends Task> = T extends BatchTask
  ? BatchResult
  : T extends ShrinkTask
    ? ShrinkResult
    : T extends ExploreTask
      ? ExploreResult
      : CanaryResult;
