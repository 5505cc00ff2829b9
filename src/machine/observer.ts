import type { Machine } from './machine.js';

/**
 * Who watches a run: the primitives tell it what happened, it decides nothing about the kernel.
 * Agents and operations in flight are named by thread index; `addr` is mm and page in one number (see geometry);
 * `entry` is the translation that was used, in the format of kernel/entry.
 */
export interface Observer {
  /** A program operation begins: from here its call is in flight. */
  called(m: Machine, t: number): void;
  /** It returned to its caller. */
  returned(m: Machine, t: number): void;
  /** An agent read `value`. */
  loaded(m: Machine, t: number, addr: number, word: number, value: number, entry: number): void;
  /** An agent's write of `value` is about to land in the frame that `entry` names. */
  storing(m: Machine, t: number, addr: number, word: number, value: number, entry: number): void;
  /** It landed. */
  stored(m: Machine, t: number, addr: number, word: number, value: number, entry: number): void;
  /** A walk went through a page-table page, or set bits in an entry, that was freed since it was cached. */
  walkedFreed(m: Machine, t: number, addr: number, write: boolean): void;
  /** The operation of `t` changed the entry that maps `addr` (one base page) from `before` to `after`. */
  entryChanged(m: Machine, t: number, addr: number, before: number, after: number): void;
  /** The operation of `t` read the entry of `addr` under its lock and decides by it. */
  entryLooked(m: Machine, t: number, addr: number): void;
  /** What the function of `t` promises of `addr` holds from here on, before the outermost return. */
  promised(m: Machine, t: number, addr: number, promise: Promise_): void;
  /** The frame's last reference went away; contents are still there. */
  freeing(m: Machine, t: number, frame: number): void;
  /** An operation that changes contents by purpose wrote `value`. */
  rewrote(m: Machine, t: number, addr: number, word: number, value: number): void;
  /** The kernel broke a rule of its own: a lock, a bracket, a sleep. `rule` is one sentence. */
  misused(m: Machine, t: number, rule: string): void;
}

/** What an operation promises of an entry: see "What an operation promises" in ARCHITECTURE.md. */
export const PROMISE = {
  /** No agent writes through it without a new fault. */
  WRITE_PROTECTED: 1,
  /** No agent reaches the old contents. */
  GONE: 2,
  /** Later writes leave a mark. */
  TRACKED: 4,
} as const;
export type Promise_ = number;

/** Watches nothing: for benches, and for runs that only produce a schedule. */
export const nobody: Observer = {
  called() {},
  returned() {},
  loaded() {},
  storing() {},
  stored() {},
  walkedFreed() {},
  entryChanged() {},
  entryLooked() {},
  promised() {},
  freeing() {},
  rewrote() {},
  misused() {},
};
