import type { Prng } from '../base/prng.js';
import type { Case, OperationCall, ThreadProgram } from './case.js';
import type { Odds } from './odds.js';

/** What a variant draws anew, in the world of the case. */
export interface Redraw {
  hardware(): Case['hardware'];
  /** A call for a thread of that kind, in that mm. */
  call(kind: ThreadProgram['kind'], mm: number): OperationCall;
  isAccess(call: OperationCall): boolean;
}

/**
 * The case with a few things changed: what made it reach something rare (its world, its operations, its choices) is
 * mostly still there. A case that would have no access left keeps its programs.
 */
export function vary(c: Case, prng: Prng, odds: Odds, redraw: Redraw): Case {
  const hardware = prng.chance(odds.otherHardware) ? redraw.hardware() : c.hardware;
  const threads = c.threads.map(({ kind, mm, operations }) => ({
    kind,
    mm,
    operations: operations
      .filter(() => !prng.chance(odds.lessCall))
      .map((call) => (prng.chance(odds.otherCall) ? redraw.call(kind, mm) : call)),
  }));
  const noticed = threads.some((t) => t.operations.some((call) => redraw.isAccess(call)));
  return { ...c, hardware, threads: noticed ? threads : c.threads };
}
