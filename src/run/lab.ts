import type { Layout } from '../machine/layout.js';
import type { Callable } from '../program/callable.js';
import type { Model } from '../program/model.js';
import type { Case, Segment } from '../scenario/case.js';
import type { Scheduler } from '../schedule/scheduler.js';
import type { Finding, RunOutcome } from './finding.js';

/** Which of the two models of a lab. */
export type Side = 'candidate' | 'reference';

/** One executed step, for traces: data first, text in report/. */
export interface TraceStep {
  readonly step: number;
  readonly thread: number;
  /** Index of the operation in its thread's program. */
  readonly operation: number;
  /** Path of the step, see program/lower StepInfo.path. */
  readonly path: string;
  /** The words that changed: index, before, after. */
  readonly changes: readonly { readonly word: number; readonly before: number; readonly after: number }[];
  /** Hash of all words after the step. */
  readonly hash: string;
  /** The model does not have this step; it stands here for the other model's sake. */
  readonly idle?: true;
  /** What an access that this step completed returned: `w1`, `SIGSEGV`. */
  readonly returned?: string;
}

/** Every step of one run, and what is needed to say what the words mean. */
export interface Trace {
  readonly outcome: RunOutcome;
  readonly steps: readonly TraceStep[];
  readonly layout: Layout;
  /** The words before the first step. */
  readonly start: Int32Array;
}

/** Counts of what runs reached, merged over many runs. Keys are step paths, sites, operation pairs, oracle names. */
export interface Coverage {
  readonly steps: Map<string, number>;
  readonly pairs: Map<string, number>;
  readonly asked: Map<string, number>;
  /** Steps that the reference ran: those that only one of the models has, and those that the candidate did not run. */
  readonly reference: Map<string, number>;
}

/** What the attempts since a reset reached, as arrays that go cheaply from thread to thread. */
export interface Tally {
  /** How often each step ran, by its number. */
  readonly steps: Float64Array;
  /** The attempt that first reached it, counted from 0; -1 for none. */
  readonly stepFirst: Int32Array;
  /** Name, count, and the attempt that first met it. */
  readonly pairs: readonly (readonly [string, number, number])[];
  readonly asked: readonly (readonly [string, number])[];
  /** Number of a step and how often the reference ran it, see {@link Coverage.reference}. */
  readonly reference: readonly (readonly [number, number])[];
}

/**
 * Two models laid out together, ready to run cases. Built once a worker: lowering is not free.
 * Not reentrant; deterministic: the same calls give the same answers.
 */
export interface Lab {
  readonly callables: readonly Callable[];
  readonly candidate: Model;
  readonly reference: Model;
  /** Runs the programs of the case on the candidate as the scheduler says; the case's own schedule is ignored. */
  schedule(c: Case, scheduler: Scheduler, side?: Side): { outcome: RunOutcome; schedule: readonly Segment[] };
  /** Follows the case's schedule on one model. */
  replay(c: Case, side: Side): RunOutcome;
  /** The same with every step recorded. */
  trace(c: Case, side: Side): Trace;
  /**
   * Runs both models under the case's schedule and says what it shows, undefined for nothing.
   * `search`: schedules of the reference that are tried before anything is called candidate-only.
   */
  judge(c: Case, search: number): Finding | undefined;
}
