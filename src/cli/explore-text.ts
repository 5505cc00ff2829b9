import type { Bounds } from '../explore/bounds.js';
import type { Explored } from '../explore/explored.js';
import { omission } from '../explore/state-set.js';
import { showCount } from './numbers.js';

/** What the explorations of one model add up to. */
export interface Total {
  readonly states: number;
  readonly transitions: number;
  readonly ends: number;
  readonly deepest: number;
  readonly complete: boolean;
  readonly latent: boolean;
  readonly omission: number;
}

export function totalOf(list: readonly Explored[]): Total {
  const sum = (of: (x: Explored) => number): number => list.reduce((n, x) => n + of(x), 0);
  return {
    states: sum((x) => x.states),
    transitions: sum((x) => x.transitions),
    ends: sum((x) => x.ends),
    deepest: Math.max(...list.map((x) => x.deepest)),
    complete: list.every((x) => x.complete),
    latent: list.some((x) => x.latent),
    omission: Math.min(
      1,
      sum((x) => omission(x.states)),
    ),
  };
}

/** `309,514 states, 820,117 transitions, 521 ends, longest path 618`. */
export function totalText(t: Total): string {
  return `${showCount(t.states)} states, ${showCount(t.transitions)} transitions, ${showCount(t.ends)} ends, longest path ${showCount(t.deepest)}`;
}

/** What the answer holds up to: the last line, and the one that must never be left out. */
export function boundsText(bounds: Bounds, unusual: number, runs: number, total: Total): string {
  const outcomes =
    unusual === 0
      ? 'the usual outcome of every choice'
      : `at most ${unusual} unusual outcomes (${runs} runs)`;
  return `${reachText(bounds, outcomes, total.complete)}; ${hashText(total.omission)}`;
}

/** Which runs were looked at. `outcomes`: how chance fell in them. */
export function reachText(bounds: Bounds, outcomes: string, complete: boolean): string {
  const preemptions =
    bounds.preemptions === Infinity
      ? 'any number of preemptions'
      : `at most ${bounds.preemptions} preemptions`;
  return complete
    ? `complete: every interleaving of these programs with ${preemptions}, ${outcomes}`
    : `NOT complete: states were left out, ${preemptions}, ${outcomes}, at most ${showCount(bounds.states)} states a run, ${showCount(bounds.depth)} steps a path`;
}

/** What two states with one hash can have hidden. */
export function hashText(omission: number): string {
  return `states are kept as 64 bits of hash, some were taken for others with probability below ${omission.toExponential(1)}`;
}
