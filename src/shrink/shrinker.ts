import type { Finding } from '../run/finding.js';
import type { Lab } from '../run/lab.js';
import { conformHardware } from './conform-hardware.js';
import { Door, type DoorOptions } from './door.js';
import { dropChoices } from './drop-choices.js';
import { dropFiles } from './drop-files.js';
import { dropMms } from './drop-mms.js';
import { dropOperations } from './drop-operations.js';
import { dropPuds } from './drop-puds.js';
import { dropSegments } from './drop-segments.js';
import { dropThreads } from './drop-threads.js';
import { emptyRegions } from './empty-regions.js';
import { joinRegions } from './join-regions.js';
import { joinSegments } from './join-segments.js';
import { joinThreads } from './join-threads.js';
import { lowerArgs } from './lower-args.js';
import { mapInstead } from './map-instead.js';
import { verify } from './minimal.js';
import { moveOperations } from './move-operations.js';
import type { Pass } from './pass.js';
import { plainSubscribers } from './plain-subscribers.js';
import { plainSegments } from './plain-segments.js';
import {
  dropOperationsElsewhere,
  dropPairsElsewhere,
  fewerSwitches,
  joinThreadsElsewhere,
} from './reschedule.js';
import { replaceDevice } from './replace-device.js';
import { shrinkValues } from './shrink-values.js';
import { simplifyPages } from './simplify-pages.js';
import { swapThreads } from './swap-threads.js';

/** Cheap passes, those that take most away first; run in turn until none of them finds anything. */
export const PASSES: readonly Pass[] = [
  dropThreads,
  dropOperations,
  dropSegments,
  dropMms,
  dropPuds,
  dropFiles,
  emptyRegions,
  joinRegions,
  joinThreads,
  replaceDevice,
  moveOperations,
  joinSegments,
  swapThreads,
  simplifyPages,
  dropChoices,
  conformHardware,
  plainSubscribers,
  plainSegments,
  lowerArgs,
];

/** Passes that search. Each runs when the cheap ones are at their end, which begin again when it finds something. */
export const DEEP_PASSES: readonly Pass[] = [
  mapInstead,
  dropOperationsElsewhere,
  joinThreadsElsewhere,
  fewerSwitches,
  dropPairsElsewhere,
  shrinkValues,
];

export type ShrinkOptions = DoorOptions;

export interface Shrunk {
  /** The smallest case found that shows the same finding; the one given when there is none. */
  readonly finding: Finding;
  /** Runs of candidates. */
  readonly tried: number;
  /** The tries were used up: a longer search might find a smaller case. */
  readonly capped: boolean;
  /** Verified: without any single operation, thread, mapped page, segment, choice or switch the finding vanishes. */
  readonly minimal: boolean;
}

/**
 * Makes the case of a finding small, keeping class, kind, site and agent. Deterministic: it depends on its arguments
 * alone. A finding that its own case does not show is returned as it is, not minimal.
 */
export function shrink(finding: Finding, lab: Lab, options: ShrinkOptions): Shrunk {
  const door = new Door(lab, finding, options);
  const result = (minimal: boolean): Shrunk => ({
    finding: door.best,
    tried: door.tried,
    capped: door.capped,
    minimal,
  });
  if (!door.shows(finding.case)) return result(false);
  for (;;) {
    settle(door);
    const end = verify(door);
    if (end !== 'smaller') return result(end === 'minimal');
  }
}

/** Runs all passes until none of them finds anything. */
function settle(door: Door): void {
  let deep = 0;
  do {
    if (runAll(door, PASSES)) continue;
    const before = door.best;
    DEEP_PASSES[deep].run(door);
    deep = door.best === before ? deep + 1 : 0;
  } while (deep < DEEP_PASSES.length);
}

/** True when one of the passes made the best smaller. */
function runAll(door: Door, passes: readonly Pass[]): boolean {
  const before = door.best;
  for (const pass of passes) pass.run(door);
  return door.best !== before;
}
