/** The kinds of failing verdicts, in the order in which reports list them. */
export const VERDICTS = [
  'freed-page-write',
  'freed-page-read',
  'lost-write',
  'stale-read',
  'stale-permission',
  'lost-dirty',
  'stale-entry',
  'contract',
  'deadlock',
  'no-progress',
  'divergence',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * What went wrong in one run of one model, where, and by whom. `kind`, `site` and `agent` say *the same finding*.
 */
export interface Violation {
  readonly kind: Verdict;
  /** Site whose change left the agent behind, e.g. `wp_page_copy`; '' when no operation is to blame. */
  readonly site: string;
  readonly agent: 'cpu' | 'device';
  /** Thread that saw it. */
  readonly thread: number;
  /** The address: mm * pages + page; -1 when it is not about one. */
  readonly addr: number;
  /** Number of the step, from 0, at which it fired. */
  readonly step: number;
  /** One sentence with the values. */
  readonly text: string;
  /** Step at which the window opened (the change that left a translation behind); -1 unknown. */
  readonly opened: number;
}
