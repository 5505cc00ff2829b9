import type { Case } from '../scenario/case.js';
import { conformingHardware } from './conform-hardware.js';
import type { Door } from './door.js';
import { withoutEachChoice } from './drop-choices.js';
import { withoutEachOperation } from './drop-operations.js';
import { withoutEachSegment } from './drop-segments.js';
import { withoutEachThread } from './drop-threads.js';
import { withoutEachPage } from './simplify-pages.js';

/** The case without any single operation, thread, mapped page, segment, choice or switch. */
export function singleDrops(c: Case): readonly Case[] {
  return [
    ...withoutEachOperation(c),
    ...withoutEachThread(c),
    ...withoutEachPage(c),
    ...withoutEachSegment(c),
    ...withoutEachChoice(c),
    ...conformingHardware(c),
  ];
}

/**
 * - `minimal`: dropping any single thing makes the finding vanish
 * - `smaller`: one could be dropped, and the best is smaller now
 * - `unknown`: the tries were used up before all had been tried
 */
export type Verification = 'minimal' | 'smaller' | 'unknown';

/** Tries every single drop of the best once more; what the passes have tried already costs nothing. */
export function verify(door: Door): Verification {
  let unknown = false;
  for (const c of singleDrops(door.best.case)) {
    const answer = door.answer(c);
    if (answer === true) return 'smaller';
    if (answer === undefined) unknown = true;
  }
  return unknown ? 'unknown' : 'minimal';
}
