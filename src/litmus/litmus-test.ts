import type { Case } from '../scenario/case.js';
import type { Condition } from './condition.js';

/** The text form of a case: what a .litmus file says. */
export interface LitmusTest {
  /** One word. */
  readonly name: string;
  /** What it is for; '' for nothing. */
  readonly about: string;
  readonly case: Case;
  /** Models that it is run on, as on the command line; none: whoever runs it chooses. */
  readonly models: readonly string[];
  readonly bounds: LitmusBounds;
  readonly condition: Condition;
  /** What a case file says beside the case, as JSON (litmus/case-json); of a saved finding. */
  readonly finding?: string | undefined;
}

/** How far it is explored; what is left out is up to whoever runs it. */
export interface LitmusBounds {
  readonly preemptions?: number;
  readonly states?: number;
}

/** Fields that this form has no words for, by name; they are kept as they are. */
export type Extras = Readonly<Record<string, unknown>>;

/** The fields of `value` that are not among `names`; undefined without any. */
export function extrasOf(value: object, names: readonly string[]): Extras | undefined {
  const rest = Object.entries(value).filter(([name]) => !names.includes(name));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** ` with {"a":1}`, or nothing. */
export function extrasText(value: object, names: readonly string[]): string {
  const extras = extrasOf(value, names);
  return extras === undefined ? '' : ` with ${JSON.stringify(extras)}`;
}
