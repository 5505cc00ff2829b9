import { PAGE_WORDS } from '../machine/geometry.js';
import { MAX_OPERATIONS } from '../machine/machine.js';
import { describeValue } from '../machine/values.js';
import type { End } from '../explore/end.js';
import { describeResult } from '../run/results.js';
import { addressText, agentName } from '../report/names.js';

/** What a litmus test asks of the ends of all runs. */
export interface Condition {
  readonly quantifier: Quantifier;
  readonly what: Proposition;
}

/** `forbid` is what herd calls `~exists`. */
export type Quantifier = 'exists' | 'forbid' | 'forall';

export type Proposition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Proposition[] }
  | { readonly kind: 'not'; readonly of: Proposition }
  | Observed
  | { readonly kind: 'clean' }
  | Verdict;

/** A value that can be seen at the end: what an operation returned, or a word of memory. */
export type Place =
  | { readonly at: 'result'; readonly thread: number; readonly operation: number }
  | { readonly at: 'memory'; readonly addr: number; readonly word: number };

/** `value`: as {@link valueAt} gives it. */
export interface Observed {
  readonly kind: 'value';
  readonly place: Place;
  readonly value: string;
}

/** A verdict ended the run: of this kind, and by this thread and at this address if it is said. */
export interface Verdict {
  readonly kind: 'verdict';
  readonly verdict: string;
  readonly thread?: number;
  readonly addr?: number;
}

/** What texts of conditions need to know of the case. */
export interface Names {
  readonly cpus: number;
  /** Virtual pages of an mm. */
  readonly pages: number;
}

/** `w1`, `i5`, `0`, `SIGSEGV`, `refused`, `discarding`; `none` where nothing was returned, or the run ended before. */
export function valueAt(place: Place, end: End): string {
  if (place.at === 'memory') {
    const value = end.memory?.[place.addr * PAGE_WORDS + place.word];
    return value === undefined ? 'none' : describeValue(value);
  }
  const text = describeResult(end.results[place.thread * MAX_OPERATIONS + place.operation]);
  return text === '' ? 'none' : text.replace(/^\((.*)\)$/, '$1');
}

export function holds(p: Proposition, end: End): boolean {
  switch (p.kind) {
    case 'and':
      return p.of.every((x) => holds(x, end));
    case 'or':
      return p.of.some((x) => holds(x, end));
    case 'not':
      return !holds(p.of, end);
    case 'value':
      return valueAt(p.place, end) === p.value;
    case 'clean':
      return end.violation === undefined;
    case 'verdict': {
      const v = end.violation;
      if (v?.kind !== p.verdict) return false;
      return (p.thread ?? v.thread) === v.thread && (p.addr ?? v.addr) === v.addr;
    }
  }
}

/** The places that a proposition names, each once, in its order. */
export function placesOf(p: Proposition): readonly Place[] {
  const found = new Map<string, Place>();
  const visit = (x: Proposition): void => {
    if (x.kind === 'and' || x.kind === 'or') x.of.forEach(visit);
    else if (x.kind === 'not') visit(x.of);
    else if (x.kind === 'value') found.set(JSON.stringify(x.place), x.place);
  };
  visit(p);
  return [...found.values()];
}

/** `dev0.2`, or `mm0:3.1`. */
export function placeText(place: Place, names: Names): string {
  return place.at === 'result'
    ? `${agentName(place.thread, names.cpus)}.${place.operation}`
    : `${addressText(place.addr, names.pages)}.${place.word}`;
}

/** `stale-read by dev0 at mm0:0`. */
export function verdictText(v: Omit<Verdict, 'kind'>, names: Names): string {
  const by = v.thread === undefined ? '' : ` by ${agentName(v.thread, names.cpus)}`;
  return `${v.verdict}${by}${v.addr === undefined ? '' : ` at ${addressText(v.addr, names.pages)}`}`;
}

/** `exists (dev0.1 = w3 /\ ~(dev0.2 = w1))`. */
export function conditionText(c: Condition, names: Names): string {
  return `${c.quantifier} (${propositionText(c.what, names)})`;
}

function propositionText(p: Proposition, names: Names): string {
  switch (p.kind) {
    case 'and':
    case 'or':
      return p.of.map((x) => operandText(x, names)).join(p.kind === 'and' ? ' /\\ ' : ' \\/ ');
    case 'not':
      return p.of.kind === 'clean' ? '~clean' : `~(${propositionText(p.of, names)})`;
    case 'value':
      return `${placeText(p.place, names)} = ${p.value}`;
    case 'clean':
      return 'clean';
    case 'verdict':
      return verdictText(p, names);
  }
}

function operandText(p: Proposition, names: Names): string {
  const text = propositionText(p, names);
  return p.kind === 'and' || p.kind === 'or' ? `(${text})` : text;
}
