import { THREAD } from '../machine/layout.js';
import { step } from '../machine/execute.js';
import type { Machine } from '../machine/machine.js';
import type { LogicalMemory } from '../oracle/logical-memory.js';
import type { Scheduler } from '../schedule/scheduler.js';
import type { Recorder } from './recorder.js';

/** How a drive ended. */
export const FINISHED = 0;
export const VIOLATED = 1;
export const STUCK = 2;
export const BUDGET = 3;

/** Steps after which a run is given up as inconclusive. */
export const STEP_BUDGET = 4000;

/** Bit set of the threads that have steps left. */
export function unfinished(m: Machine): number {
  let mask = 0;
  const { thread, threadSize, threads } = m.layout;
  for (let t = 0; t < threads; t++) if (m.words[thread + t * threadSize + THREAD.PC] !== 0) mask |= 1 << t;
  return mask;
}

/**
 * Hot. Lets the scheduler run the machine until everybody has finished, a check fires, nobody can go on, or the budget
 * is used up. Every step is told to the recorder. `expected`: a guess of the number of steps. `differs`: 1 for each
 * instruction that only one of two models has; what it lacks counts as 0.
 */
export function drive(
  m: Machine,
  l: LogicalMemory,
  scheduler: Scheduler,
  recorder: Recorder,
  expected: number,
  differs: Uint8Array,
): number {
  const { thread, threadSize } = m.layout;
  const words = m.words;
  let last = -1;
  const did = { tookAway: false, leftBehind: false, atomic: false, returned: false, differs: false };
  let left = unfinished(m);
  scheduler.begin(m.layout.threads, expected, undefined, m.layout.geometry.cpus);
  while (left !== 0) {
    const runnable = left & ~m.blocked;
    if (runnable === 0) return STUCK;
    did.tookAway = l.tookAway;
    did.leftBehind = l.leftBehind;
    did.atomic = last >= 0 && words[thread + last * threadSize + THREAD.SPIN] !== 0;
    did.differs = last >= 0 && differs[words[thread + last * threadSize + THREAD.PC]] === 1;
    const t = scheduler.next(runnable, last, l.step, did);
    l.tookAway = l.leftBehind = did.returned = false;
    const at = thread + t * threadSize;
    const pc = words[at + THREAD.PC];
    const op = words[at + THREAD.OP];
    if (!step(m, t)) {
      m.blocked |= 1 << t;
      scheduler.waited(t);
      continue;
    }
    recorder.ran(t, op, pc);
    l.step++;
    last = t;
    did.returned = words[at + THREAD.OP] !== op || words[at + THREAD.PC] === 0;
    if (l.violation !== undefined) return VIOLATED;
    if (words[at + THREAD.PC] === 0) left &= ~(1 << t);
    if (l.step >= STEP_BUDGET) return BUDGET;
  }
  return FINISHED;
}
