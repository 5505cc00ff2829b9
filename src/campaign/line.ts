import { Prng } from '../base/prng.js';

/** Cases of a campaign by index: the first is drawn afresh, each of the others is a variant of the one before it. */
export type Line = readonly number[];

/** For each thing that was rarely reached, lines of cases that reached it. */
export type Emphasis = readonly (readonly Line[])[];

/** Lines do not grow without end: to draw a case is to draw its line. */
export const LONGEST_LINE = 4;

/**
 * How case `index` comes about: every second case afresh, whatever the emphasis, so that nothing is starved; the others
 * as variants of a case that reached something rare.
 */
export function lineOf(seed: string, index: number, emphasis: Emphasis): Line {
  if (emphasis.length === 0 || index % 2 === 0) return [index];
  const prng = new Prng(`${caseSeed(seed, index)}/line`);
  return [...prng.pick(prng.pick(emphasis)), index];
}

/** The seed of case `index` of a campaign. */
export function caseSeed(seed: string, index: number): string {
  return `${seed}/${index}`;
}

/** The seeds of a line: all that is needed to draw its last case again. */
export function lineSeeds(seed: string, line: Line): string[] {
  return line.map((index) => caseSeed(seed, index));
}
