import type { Explored } from '../explore/explored.js';
import { cpusOf, pagesOf } from '../report/names.js';
import { holds, placesOf, placeText, valueAt, verdictText, type Condition, type Names } from './condition.js';
import type { LitmusTest } from './litmus-test.js';

/** All ends that look alike through what the condition names. */
export interface SeenState {
  /** `dev0.1=w3; dev0.2=i2;`, and the verdict if one fired. */
  readonly text: string;
  /** So many ends. */
  readonly times: number;
  readonly holds: boolean;
  /** The shortest way to one that was met: the thread of each step. */
  readonly path: readonly number[];
}

/** What all runs of a test on one model show. */
export interface Observation {
  /** In the order of their texts. */
  readonly states: readonly SeenState[];
  /** Ends on which the proposition holds, and others. */
  readonly positive: number;
  readonly negative: number;
  readonly answer: Answer;
  readonly complete: boolean;
}

/** `undecided`: what was left out could decide it. */
export type Answer = 'ok' | 'no' | 'undecided';

export function observe(test: LitmusTest, explored: Explored): Observation {
  const states = statesOf(test, explored);
  const count = (holding: boolean): number =>
    states.reduce((n, s) => (s.holds === holding ? n + s.times : n), 0);
  const positive = count(true);
  const negative = count(false);
  const { complete } = explored;
  return {
    states,
    positive,
    negative,
    complete,
    answer: answerOf(test.condition, positive, negative, complete),
  };
}

function statesOf({ case: c, condition }: LitmusTest, explored: Explored): readonly SeenState[] {
  const names: Names = { cpus: cpusOf(c), pages: pagesOf(c) };
  const places = placesOf(condition.what);
  const states = new Map<string, SeenState>();
  for (const { what: end, times, path } of explored.outcomes.values()) {
    const values = places.map((place) => `${placeText(place, names)}=${valueAt(place, end)};`);
    const text = [...values, endingText(end.violation, names)].join(' ');
    const positive = holds(condition.what, end);
    const key = `${positive} ${text}`;
    const had = states.get(key);
    const shorter = had !== undefined && had.path.length <= path.length ? had.path : path;
    states.set(key, { text, times: times + (had?.times ?? 0), holds: positive, path: shorter });
  }
  return [...states.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** `clean;`, or the verdict with everything that is known of it. */
function endingText(v: { kind: string; thread: number; addr: number } | undefined, names: Names): string {
  if (v === undefined) return 'clean;';
  const thread = v.thread < 0 ? {} : { thread: v.thread };
  return `${verdictText({ verdict: v.kind, ...thread, ...(v.addr < 0 ? {} : { addr: v.addr }) }, names)};`;
}

function answerOf({ quantifier }: Condition, positive: number, negative: number, complete: boolean): Answer {
  const found = quantifier === 'forall' ? negative > 0 : positive > 0;
  if (found) return quantifier === 'exists' ? 'ok' : 'no';
  if (!complete) return 'undecided';
  return quantifier === 'exists' ? 'no' : 'ok';
}
