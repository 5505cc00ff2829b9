import type { Violation } from '../oracle/verdict.js';
import type { Ordering } from './ordering.js';
import type { Case } from '../scenario/case.js';

export { VERDICTS, type Verdict, type Violation } from '../oracle/verdict.js';

/** How one run of one model ended. */
export interface RunOutcome {
  /** The first failing verdict; undefined when there is none. */
  readonly violation: Violation | undefined;
  /** Stale translations of equal bytes, pinned until exit: counted, no failure. */
  readonly latent: number;
  /** The step budget was used up: nothing is known. */
  readonly inconclusive: boolean;
  readonly steps: number;
  /** What each access of each thread returned, `values…/error`, by thread and operation. */
  readonly results: string;
  /** What a fresh reader would get at every mapped address, at the end. */
  readonly finalMemory: string;
  /** Hash of the words at the end. */
  readonly hash: string;
}

export type FindingClass = 'candidate-only' | 'both' | 'reference-only' | 'divergence' | 'latent-entry';

/** How often each model was hit under the same schedules of one program. */
export interface HitRates {
  readonly schedules: number;
  readonly candidate: number;
  readonly reference: number;
}

/** What judging one case shows. */
export interface Finding {
  readonly class: FindingClass;
  readonly violation: Violation;
  readonly case: Case;
  /** Names of the models, as they can be given on the command line. */
  readonly candidate: string;
  readonly reference: string;
  /** Schedules of the reference that were searched before it was called candidate-only. */
  readonly searched: number;
  readonly rates: HitRates;
  /** Of stale reads and lost writes: what the accesses saw, and the cycle that forbids it if there is one. */
  readonly ordering?: Ordering | undefined;
}

/** What must stay the same while a finding shrinks, and what buckets findings. */
export function signatureOf(f: { class: FindingClass; violation: Violation }): string {
  return `${f.class} ${f.violation.kind} ${f.violation.site} ${f.violation.agent}`;
}
