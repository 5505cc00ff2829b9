/**
 * Who watches a run: the primitives tell it what happened, it decides nothing about the kernel.
 * Agents and operations in flight are named by thread index; `addr` is mm and page in one number (see geometry);
 * `M` is the machine. `entry` is the translation that was used, in the format of kernel/entry.
 */
export interface Observer<M> {
  /** A program operation begins: from here its call is in flight. */
  called(m: M, t: number): void;
  /** It returned to its caller. */
  returned(m: M, t: number): void;
  /** An agent read `value`. */
  loaded(m: M, t: number, addr: number, word: number, value: number, entry: number): void;
  /** An agent's write of `value` is about to land in the frame that `entry` names. */
  storing(m: M, t: number, addr: number, word: number, value: number, entry: number): void;
  /** It landed. */
  stored(m: M, t: number, addr: number, word: number, value: number, entry: number): void;
  /** A walk went through a page-table page, or set bits in an entry, that was freed since it was cached. */
  walkedFreed(m: M, t: number, addr: number, write: boolean): void;
  /** The operation of `t` changed the entry that maps `addr` (one base page) from `before` to `after`. */
  entryChanged(m: M, t: number, addr: number, before: number, after: number): void;
  /** The operation of `t` read the entry of `addr` under its lock and decides by it. */
  entryLooked(m: M, t: number, addr: number): void;
  /** The function of `t` returned and promised that the entry of `addr` gives nobody more than it says. */
  promised(m: M, t: number, addr: number, writesAlone: boolean): void;
  /** The operation of `t` opens a window: see {@link WINDOW}. `other` is what the window kind needs beside the range. */
  opened(m: M, t: number, kind: number, start: number, count: number, other: number): void;
  /** It closes before the outermost return. */
  closed(m: M, t: number): void;
  /** The contents of the page at `addr` become those of `frame`, by purpose. */
  rewrote(m: M, t: number, addr: number, frame: number): void;
  /** The address `to` names from here on what `from` names (mremap); with `done`, `from` names nothing any more. */
  moved(m: M, t: number, from: number, to: number, done: boolean): void;
  /** Agent `t` has pinned `frame`, which `addr` maps: it accesses the frame from here on, without a translation. */
  pinned(m: M, t: number, addr: number, frame: number): void;
  /** It read `value` through its pin. */
  pinLoaded(m: M, t: number, word: number, value: number): void;
  /** Its write of `value` through its pin is about to land. */
  pinStoring(m: M, t: number, word: number, value: number): void;
  /** It landed. */
  pinStored(m: M, t: number, word: number, value: number): void;
  /** The page has been told that it was written through the pin (set_page_dirty_lock). */
  pinCleaned(m: M, t: number): void;
  /** The frame's last reference went away; contents are still there. */
  freeing(m: M, t: number, frame: number): void;
  /** The page in frame `from` has been copied to frame `to`, which is its home from here on (migration). */
  migrated(m: M, t: number, from: number, to: number): void;
  /** Under its lock the entry of `addr` still names a swap slot that is free by now; its contents are in `frame`. */
  swappedIn(m: M, t: number, addr: number, frame: number): void;
  /** The operation of `t` drops the page at `addr` as if MADV_FREE had allowed it: it may turn into zeros. */
  dropped(m: M, t: number, addr: number): void;
  /** A hardware error took the contents of the page-cache page `frame`: its file falls back to its storage. */
  poisoned(m: M, t: number, frame: number): void;
  /**
   * The kernel broke a rule of its own: a lock, a bracket, a sleep. `what` is one sentence, `rule` says where the rule
   * is written; `other` is the kind of step that this one disagrees with, see {@link MARK}.
   */
  misused(m: M, t: number, what: string, rule?: string, other?: number): void;
  /** A step that a later one may disagree with: see {@link MARK}. */
  marked(m: M, t: number, what: number): void;
  /** Thread t told subscribers that the entries of [start, start + count) are invalid (invalidate_page). */
  invalidated(m: M, t: number, start: number, count: number): void;
}

/** What an operation in flight does to contents, and therefore what may be read until it returns. */
export const WINDOW = {
  NONE: 0,
  /** The contents of private pages of the range become zero, or the file's (MADV_DONTNEED). */
  DISCARD: 1,
  /** The range stops being an address (munmap). */
  UNMAP: 2,
  /** `other` is the mm that becomes a copy of the caller's. */
  FORK: 3,
  /** File pages [start, start + count) are on storage when it returns. */
  SYNC: 4,
  /** The pages may be dropped from now on until they are written (MADV_FREE). */
  FREE: 5,
  /** Protections of the range change. */
  PROTECT: 6,
  /** Later writes to the range leave a soft-dirty mark. */
  TRACK: 7,
  /** File pages [start, start + count) become zeros (hole punch). Private copies stay. */
  PUNCH: 8,
  /** They stop being pages of the file (truncate), for private copies too. */
  TRUNCATE: 9,
  /** Private contents of the range are gone, and reads of them fail (oom reaper). */
  REAP: 13,
  /** From here on a write to the pages of the range leaves the dirty bit in its entry. No window: it is there at once. */
  LOG: 10,
  /** A monitor is asked before the range is written (userfaultfd). Begins when the operation returns, where the entry says so. */
  ASK: 11,
  /** The monitor lets writes to the range through. No window: it is there at once. */
  LET: 12,
} as const;

/** Steps that are kept in mind, the last one of each kind and thread. */
export const MARK = {
  /** A bracket was opened. */
  START: 0,
  /** A bracket was closed. */
  END: 1,
  /** A spinlock was taken, the first one that the thread holds. */
  SPINLOCK: 2,
  /** A subscriber refused a start. */
  REFUSED: 3,
  /** A subscriber was unregistered (of whatever thread). */
  UNREGISTERED: 4,
  KINDS: 5,
} as const;

/** Watches nothing: for benches, and for runs that only produce a schedule. */
export const nobody: Observer<unknown> = {
  called() {},
  returned() {},
  loaded() {},
  storing() {},
  stored() {},
  walkedFreed() {},
  entryChanged() {},
  entryLooked() {},
  promised() {},
  opened() {},
  closed() {},
  moved() {},
  pinned() {},
  pinLoaded() {},
  pinStoring() {},
  pinStored() {},
  pinCleaned() {},
  freeing() {},
  rewrote() {},
  migrated() {},
  swappedIn() {},
  dropped() {},
  poisoned() {},
  misused() {},
  marked() {},
  invalidated() {},
};
