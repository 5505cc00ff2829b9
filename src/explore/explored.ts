import type { Violation } from '../oracle/verdict.js';
import type { Bounds, Reductions } from './bounds.js';
import type { End } from './end.js';

/** A verdict or an outcome, and one way to it: the thread of each step, from the start. */
export interface Reached<T> {
  readonly what: T;
  readonly path: readonly number[];
}

/** An end of runs, and how often it was met: in so many states, or on so many steps that a verdict ended. */
export interface Outcome extends Reached<End> {
  readonly times: number;
}

/** What an exploration saw. */
export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** States in which everybody has finished; they are counted as states, too. */
  readonly ends: number;
  /** Steps of the longest path without a repeated state that was followed. */
  readonly deepest: number;
  /** Every state up to the bounds was reached, or one that a reduction lets stand for it. */
  readonly complete: boolean;
  /** What the reduction took for granted was wrong: all of this is void, and the search is to begin again. */
  readonly void: boolean;
  /** What was learned of the threads (futures.ts), where footprints were used. */
  readonly futures: SharedArrayBuffer | undefined;
  /** By kind, agent and address, the shortest way that was met; the site is the replay's to say. */
  readonly verdicts: ReadonlyMap<string, Reached<Violation>>;
  /** Stale translations of equal bytes, pinned until exit, were seen. */
  readonly latent: boolean;
  /** By text: what the accesses returned, the final memory, the verdict; empty unless asked for. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

export interface Wanted {
  readonly bounds: Bounds;
  readonly reductions: Reductions;
  /** Results of accesses are part of the state, and every end is noted. */
  readonly outcomes: boolean;
  /**
   * Workers explore one space together: their table of states, what they learn of the threads (futures.ts; none where
   * footprints are not used), and in which order this one tries the threads. Who shares begins again itself when the
   * search is void.
   */
  readonly shared?: {
    readonly table: SharedArrayBuffer;
    readonly futures: SharedArrayBuffer | undefined;
    readonly worker: number;
  };
  /** Asked now and then; true ends the exploration. */
  readonly stopped?: (states: number, done: number) => boolean;
}
