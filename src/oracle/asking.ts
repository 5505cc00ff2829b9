import type { Machine } from '../machine/machine.js';
import type { Judge } from './judge.js';
import type { Hook, Oracle } from './oracle.js';

/** The logical memory, with the oracles that are asked when a window closes. */
export interface Asking extends Judge {
  readonly oracles: readonly Oracle[];
  readonly looks: Record<Hook, number>;
  /**
   * Nobody has more rights to the page than its entry gives, unless somebody changed it after thread t looked. What takes
   * the write permission away speaks of writes alone.
   */
  promised(m: Machine, t: number, addr: number, writesAlone: boolean): void;
}
