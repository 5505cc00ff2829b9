import type { Machine } from '../machine/machine.js';
import { describeResults, finalMemory } from '../run/results.js';
import { unfinished } from '../run/drive.js';
import type { Violation } from '../oracle/verdict.js';

/** How a run ended: everybody has finished, nobody can go on, or a verdict fired. */
export interface End {
  /** What each operation returned so far, thread by thread (machine.results); 0 for nothing. */
  readonly results: readonly number[];
  /** Word by word, when everybody has finished. */
  readonly memory: readonly number[] | undefined;
  readonly violation: Pick<Violation, 'kind' | 'thread' | 'addr'> | undefined;
}

/** The end that the machine has reached. */
export function endOf(m: Machine, violation: Violation | undefined): End {
  return {
    results: [...m.results],
    memory: unfinished(m) === 0 ? [...finalMemory(m)] : undefined,
    violation: violation && { kind: violation.kind, thread: violation.thread, addr: violation.addr },
  };
}

/** The same text for the same end. */
export function endText(m: Machine, { memory, violation }: End): string {
  const last = violation === undefined ? '' : ` | ${violation.kind} ${violation.thread} ${violation.addr}`;
  return `${describeResults(m.results)} | ${(memory ?? []).join(' ')}${last}`;
}
