import { plural } from './plain-text.js';
import { JUDGEMENTS, type Evidence, type Judgement } from './verdict.js';

/**
 * How serious a judgement is: `error` is what the tool exits with 1 for, `unknown` with 4 (then nothing can be called
 * safe), `warning` and `pass` with 0.
 */
export type Level = 'error' | 'unknown' | 'warning' | 'pass';

interface Words {
  readonly level: Level;
  /** What is said of a hunk or a series. */
  readonly says: string;
  /** The same behind a number of hunks. */
  readonly tally: string;
  /** What it means, for readers who meet it for the first time. */
  readonly about: string;
}

export const JUDGEMENT: Readonly<Record<Judgement, Words>> = {
  unsafe: {
    level: 'error',
    says: 'UNSAFE',
    tally: 'unsafe',
    about: 'fails on conforming hardware, where the base does not',
  },
  'unsafe-on-hardware': {
    level: 'error',
    says: 'UNSAFE on unusual hardware',
    tally: 'unsafe on unusual hardware',
    about: 'fails where the base does not, on hardware that does more than most',
  },
  unbalanced: {
    level: 'error',
    says: 'UNBALANCED',
    tally: 'unbalanced',
    about:
      'on a path through the function something is taken and not given back, or is done under the wrong lock; not so in the base',
  },
  'unsafe-in-part': {
    level: 'unknown',
    says: 'FAILS AS FAR AS IT WAS PLACED',
    tally: 'failing as far as placed',
    about:
      'fails where the base does not, but a part of the patch that may make up for it was not placed and is missing',
  },
  'not-placeable': {
    level: 'unknown',
    says: 'NOT PLACEABLE',
    tally: 'not placeable',
    about: 'could stand in several places of the base, or in none',
  },
  'not-modelled': {
    level: 'unknown',
    says: 'NOT MODELLED',
    tally: 'not modelled',
    about: 'changes code that no model has anything to say of',
  },
  'not-reached': {
    level: 'unknown',
    says: 'NOT REACHED',
    tally: 'not reached',
    about: 'what it changes was never run',
  },
  accepted: {
    level: 'warning',
    says: 'nothing new within bounds',
    tally: 'failing as was accepted',
    about: 'fails where the base does not, and every finding was accepted before (--known)',
  },
  both: {
    level: 'warning',
    says: 'safe within bounds; the base has failures of its own',
    tally: 'no worse than the base',
    about: 'fails, and so does the base',
  },
  safe: {
    level: 'pass',
    says: 'safe within bounds',
    tally: 'safe within bounds',
    about: 'nothing was found within the bounds that are printed',
  },
  repairs: {
    level: 'pass',
    says: 'repairs the base',
    tally: 'repairing',
    about: 'the base fails without it, and does not with it',
  },
  harmless: {
    level: 'pass',
    says: 'harmless',
    tally: 'harmless',
    about: 'changes nothing that runs: comments, blanks, names, documentation',
  },
};

/** `UNSAFE`, or `UNSAFE on hardware that …` when the evidence tells; of accepted findings how many. */
export function verdictWords(judgement: Judgement, evidence: readonly Evidence[]): string {
  const unusual = evidence.find((e) => !e.known && !e.conforming);
  if (judgement === 'unsafe-on-hardware' && unusual !== undefined) return `UNSAFE on ${unusual.hardware}`;
  const known = evidence.filter((e) => e.known).length;
  if (judgement === 'accepted' && known > 0)
    return `${JUDGEMENT.accepted.says}; ${plural(known, 'finding')} accepted before (--known)`;
  return JUDGEMENT[judgement].says;
}

/** `18 hunks: 1 unsafe, 17 harmless`, the worst first. */
export function tallyOf(judgements: readonly Judgement[]): string {
  const parts = JUDGEMENTS.map((j) => [judgements.filter((h) => h === j).length, JUDGEMENT[j].tally] as const)
    .filter(([n]) => n > 0)
    .map(([n, words]) => `${n} ${words}`);
  return [plural(judgements.length, 'hunk'), ...(parts.length === 0 ? [] : [parts.join(', ')])].join(': ');
}
