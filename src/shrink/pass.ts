import type { Case } from '../scenario/case.js';
import type { ArgKinds } from './addresses.js';
import type { Door } from './door.js';

/** Simpler variants of a case, the most promising first. Pure; each is tried alone. */
export type Candidates = (c: Case, kinds: ArgKinds) => readonly Case[];

/** One way to make a case smaller. It leaves the best behind in the door. */
export interface Pass {
  readonly name: string;
  run(door: Door): void;
}

/**
 * The pass that offers every candidate of the best. After one is taken the list is made anew from it and goes on at
 * the same place, where the next variant now stands; it ends with a round in which none was taken.
 */
export function offering(name: string, candidates: Candidates): Pass {
  return {
    name,
    run(door) {
      sweep(door, candidates, (c) => door.offer(c));
    },
  };
}

/** Goes through the candidates until `takes` takes none of them. */
export function sweep(door: Door, candidates: Candidates, takes: (c: Case) => boolean): void {
  let taken: boolean;
  do {
    taken = false;
    let list = candidates(door.best.case, door.kinds);
    for (let i = 0; i < list.length;) {
      if (takes(list[i])) {
        taken = true;
        list = candidates(door.best.case, door.kinds);
      } else i++;
    }
  } while (taken);
}
