import type { Judge } from './judge.js';

/**
 * One check over the logical memory: each hook is one look at one event, asked before the logical memory takes the
 * event in. It reports through {@link Judge.fail} and changes nothing. The arguments are those of
 * machine/observer.
 */
export interface Oracle {
  readonly name: string;
  /** What it verifies, and what it does not: one sentence each. */
  readonly about: string;
  loaded?(l: Judge, t: number, addr: number, word: number, value: number, entry: number): void;
  storing?(l: Judge, t: number, addr: number, word: number, value: number, entry: number): void;
  walkedFreed?(l: Judge, t: number, addr: number, write: boolean): void;
  /** A pin that stands for `object` (-1: for none) read `value`; `entry` has its frame, and whether it may write. */
  pinLoaded?(l: Judge, t: number, object: number, word: number, value: number, entry: number): void;
  /** Its write is about to land. */
  pinStoring?(l: Judge, t: number, object: number, word: number, value: number, entry: number): void;
  /** `frame` is about to become the home of the page at `addr`. */
  installing?(l: Judge, t: number, addr: number, frame: number): void;
  /** The memory object loses its home frame other than by a discard. */
  leaving?(l: Judge, t: number, object: number, frame: number): void;
  /** The last operation in flight on the page returned, or the run ended (`t` is -1 then). */
  settled?(l: Judge, t: number, addr: number): void;
  /** A discard of thread `t` is over: `backed` is what the page table backs at `addr`. */
  discarded?(l: Judge, t: number, addr: number, word: number, backed: number, allowed: boolean): void;
  /** A sync is over; `stored` is what the storage holds. */
  synced?(l: Judge, t: number, object: number, word: number, stored: number, allowed: boolean): void;
  /** fork is over for one page of the child. */
  forked?(l: Judge, t: number, addr: number, word: number, backed: number, allowed: boolean): void;
  /** See machine/observer: `what` is wrong by `rule`, and disagrees with the last step of the kind `other`. */
  misused?(l: Judge, t: number, what: string, rule: string, other: number): void;
  /** The operation of `t` took something away from the entry of `addr`. */
  changed?(l: Judge, t: number, addr: number, before: number, after: number): void;
  invalidated?(l: Judge, t: number, start: number, count: number): void;
  returned?(l: Judge, t: number): void;
  ended?(l: Judge): void;
}

/** Names of the hooks, for counting how often each was asked. */
export type Hook = Exclude<keyof Oracle, 'name' | 'about'>;

export function noLooks(): Record<Hook, number> {
  return {
    loaded: 0,
    storing: 0,
    walkedFreed: 0,
    pinLoaded: 0,
    pinStoring: 0,
    installing: 0,
    leaving: 0,
    settled: 0,
    discarded: 0,
    synced: 0,
    forked: 0,
    misused: 0,
    changed: 0,
    invalidated: 0,
    returned: 0,
    ended: 0,
  };
}
