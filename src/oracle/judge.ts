import type { Machine } from '../machine/machine.js';
import type { Marks } from './marks.js';
import type { Verdict } from './verdict.js';

/** What an oracle may ask of the logical memory, and how it says what it saw. */
export interface Judge {
  readonly m: Machine;
  /** Steps that later ones may disagree with. */
  readonly marks: Marks;
  /** Number of the step that runs. */
  readonly step: number;
  /** A stale translation of equal bytes, pinned until exit: counted, no failure. */
  noteLatent(t: number, addr: number, text: string): void;
  /** Reports the first violation of the run; later ones are ignored. `blamed` when the oracle knows better. */
  fail(kind: Verdict, t: number, addr: number, text: string, blamed?: { site: string; step: number }): void;
  /** The object that `addr` names, -1 when it names none. */
  objectAt(addr: number): number;
  /** What a correct kernel shows in word `word` of the object. */
  cell(object: number, word: number): number;
  /** The frame last installed for the object's page, -1 when there is none. */
  home(object: number): number;
  /** Somebody's operation in flight changed the entry, has not returned, and no promise since speaks of such accesses. */
  excused(addr: number, write: boolean): boolean;
  /** A discard in flight lets the contents of the object be lost. */
  discarding(object: number): boolean;
  /** An open window lets a read of the cell give `value`. */
  allowed(object: number, addr: number, word: number, value: number): boolean;
}
