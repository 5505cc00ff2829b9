import type { Case } from '../scenario/case.js';
import type { Condition, Proposition } from './condition.js';
import type { LitmusTest } from './litmus-test.js';

/** The fields of a case file (campaign/case-file) that matter here; it may have others. */
export interface CaseRecord {
  readonly about?: string | undefined;
  readonly class: string;
  readonly verdict?: { readonly kind: string; readonly thread: number; readonly addr: number } | undefined;
  readonly candidate: { readonly name: string };
  readonly reference: { readonly name: string };
  readonly case: unknown;
}

/**
 * The litmus form of a case file, which has been checked: nothing of it is lost. What has no words here is kept as
 * JSON, with `null` in the places of what has.
 */
export function litmusOf(file: CaseRecord, name: string): LitmusTest {
  const { candidate, reference } = file;
  return {
    name,
    about: file.about ?? '',
    case: file.case as Case,
    models: [...new Set([candidate.name, reference.name])],
    bounds: {},
    condition: conditionOf(file),
    finding: JSON.stringify(replaced(file, { about: null, case: null })),
  };
}

/** That the verdict of the file exists; of a file without one, that there is none. */
export function conditionOf({ verdict }: Pick<CaseRecord, 'verdict'>): Condition {
  // a divergence is a verdict of two models, never one's own
  if (verdict === undefined || verdict.kind === 'divergence')
    return { quantifier: 'forbid', what: { kind: 'not', of: { kind: 'clean' } } };
  const what: Proposition = {
    kind: 'verdict',
    verdict: verdict.kind,
    ...(verdict.thread < 0 ? {} : { thread: verdict.thread }),
    ...(verdict.addr < 0 ? {} : { addr: verdict.addr }),
  };
  return { quantifier: 'exists', what };
}

/** The text of the case file that the test was made of; undefined when it was not made of one. */
export function caseTextOf(test: LitmusTest): string | undefined {
  if (test.finding === undefined) return undefined;
  const record = JSON.parse(test.finding) as Record<string, unknown>;
  return `${JSON.stringify(replaced(record, { about: test.about, case: test.case }), null, 2)}\n`;
}

/** The fields in their order, some of those that are there with other values. */
function replaced(record: object, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, key in values ? values[key] : (value as unknown)]),
  );
}
