import { hashText } from '../base/hash.js';
import { Prng } from '../base/prng.js';
import type { Case } from '../scenario/case.js';
import { PctScheduler } from '../schedule/pct.js';
import type { Door } from './door.js';
import { withoutEachOperation, withoutEachPair } from './drop-operations.js';
import { withoutEachThread } from './drop-threads.js';
import { joinedThreads } from './join-threads.js';
import { sweep, type Candidates, type Pass } from './pass.js';

/** Schedules that are tried of a smaller program before it is taken for one that does not show the finding. */
const RUNS = 24;
/** The same where there are many smaller programs. */
const FEW_RUNS = 8;
/** Depths of PCT that are tried in turn: few changes of priority make few segments. */
const DEPTHS = [1, 2, 3, 4, 5];

/**
 * Offers `c` and then its programs under `runs` other schedules, whatever the schedule that came along says, until one
 * is taken. The same programs are searched once.
 */
export function offerElsewhere(door: Door, c: Case, runs: number): boolean {
  if (door.offer(c)) return true;
  const programs = programsOf(c);
  if (door.searched.has(programs)) return false;
  door.searched.add(programs);
  return schedulesOf(programs, runs).some((scheduler) => offerUnder(door, c, scheduler));
}

/** Text of everything but the schedule. */
function programsOf(c: Case): string {
  return JSON.stringify({ ...c, schedule: [] });
}

/** Drawn from the text of the case alone, so that the same case always meets the same schedules. */
function schedulesOf(programs: string, runs: number): readonly PctScheduler[] {
  const seed = hashText(programs);
  return Array.from(
    { length: runs },
    (_, i) => new PctScheduler(new Prng(`${seed}/${i}`), DEPTHS[i % DEPTHS.length]),
  );
}

function offerUnder(door: Door, c: Case, scheduler: PctScheduler): boolean {
  const shown = door.rescheduled(c, scheduler);
  return shown !== undefined && door.offer(shown);
}

/** As {@link offering}, but each candidate may show the finding under another schedule. */
function searching(name: string, candidates: Candidates, runs: number): Pass {
  return {
    name,
    run(door) {
      sweep(door, candidates, (c) => offerElsewhere(door, c, runs));
    },
  };
}

export const dropOperationsElsewhere = searching(
  'drop operations, other schedules',
  (c) => [...withoutEachThread(c), ...withoutEachOperation(c)],
  RUNS,
);
export const joinThreadsElsewhere = searching('join threads, other schedules', joinedThreads, RUNS);
export const dropPairsElsewhere = searching('drop pairs, other schedules', withoutEachPair, FEW_RUNS);

/** The same programs under schedules of fewer segments. */
export const fewerSwitches: Pass = {
  name: 'fewer switches',
  run(door) {
    const c = door.best.case;
    const programs = programsOf(c);
    if (door.compacted.has(programs)) return;
    door.compacted.add(programs);
    for (const scheduler of schedulesOf(programs, RUNS)) offerUnder(door, c, scheduler);
  },
};
