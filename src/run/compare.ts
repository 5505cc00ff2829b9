import { MAX_OPERATIONS, SIGBUS } from '../machine/machine.js';
import { PAGE_WORDS } from '../machine/geometry.js';
import { describeValue } from '../machine/values.js';
import { POISON } from '../oracle/backing.js';
import type { Violation } from '../oracle/verdict.js';
import type { FindingClass, RunOutcome } from './finding.js';
import { describeResult, differingResult, differingWord, type Comparable } from './results.js';

/** What one run of one model showed, in the form that comparing needs. */
export interface Shown extends Comparable {
  readonly violation: Violation | undefined;
  readonly latent: number;
  readonly latentAt: Violation | undefined;
  readonly inconclusive: boolean;
  readonly steps: number;
  /** What a fresh reader gets; empty after a violation. */
  readonly memory: Int32Array;
  readonly cpus: number;
  outcome(): RunOutcome;
}

/** What two runs of one case under one schedule show. */
export interface Compared {
  readonly class: FindingClass;
  readonly violation: Violation;
  /** True when another run has the candidate's results and final memory. */
  sameResults(other: Shown): boolean;
}

/** Compares the candidate's run with the reference's; undefined when they agree and no check fired. */
export function compare(a: Shown, b: Shown): Compared | undefined {
  const sameResults = (other: Shown): boolean => differingResult(a, other) < 0 && differingWord(a, other) < 0;
  if (a.violation !== undefined) {
    const both =
      b.violation !== undefined &&
      b.violation.kind === a.violation.kind &&
      b.violation.addr === a.violation.addr &&
      b.violation.agent === a.violation.agent;
    return { class: both ? 'both' : 'candidate-only', violation: a.violation, sameResults };
  }
  if (b.violation !== undefined) return { class: 'reference-only', violation: b.violation, sameResults };
  if (chanceFellDifferently(a, b)) return undefined;
  const result = differingResult(a, b);
  if (result >= 0) return { class: 'divergence', violation: differentResult(a, b, result), sameResults };
  const word = differingWord(a, b);
  if (word >= 0) return { class: 'divergence', violation: differentMemory(a, b, word), sameResults };
  if (a.latent > b.latent && a.latentAt !== undefined)
    return { class: 'latent-entry', violation: a.latentAt, sameResults };
  return undefined;
}

/**
 * An access was refused for want of memory, or by a hardware error, in one run alone, or a page is lost to an error in one
 * run alone: outcomes of chance, which depend on who asks when. Whatever follows from one is not compared either.
 */
function chanceFellDifferently(a: Shown, b: Shown): boolean {
  return oneHas(-SIGBUS, a.results, b.results) || oneHas(POISON, a.memory, b.memory);
}

/** At some place one of the two has the value and the other has not. */
function oneHas(value: number, x: Int32Array, y: Int32Array): boolean {
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i] && (x[i] === value || y[i] === value)) return true;
  return false;
}

function differentResult(a: Shown, b: Shown, i: number): Violation {
  const thread = Math.floor(i / MAX_OPERATIONS);
  const call = a.programs[thread][i % MAX_OPERATIONS];
  return {
    kind: 'divergence',
    site: call?.name ?? '',
    agent: thread >= a.cpus ? 'device' : 'cpu',
    thread,
    addr: call?.args[0] ?? -1,
    step: a.steps,
    text: `operation ${i % MAX_OPERATIONS} returns ${describeResult(a.results[i])} on the candidate and ${describeResult(b.results[i])} on the reference`,
    opened: -1,
  };
}

function differentMemory(a: Shown, b: Shown, i: number): Violation {
  const addr = Math.floor(i / PAGE_WORDS);
  return {
    kind: 'divergence',
    site: 'final memory',
    agent: 'cpu',
    thread: -1,
    addr,
    step: a.steps,
    text: `word ${i % PAGE_WORDS} of page ${addr} ends as ${describeValue(a.memory[i])} on the candidate and ${describeValue(b.memory[i])} on the reference`,
    opened: -1,
  };
}
