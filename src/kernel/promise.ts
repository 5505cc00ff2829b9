import { WINDOW } from '../machine/observer.js';
import { verb } from '../machine/verb.js';
import { DONE } from '../program/primitive.js';

/**
 * What operations promise their callers, in the words of ARCHITECTURE.md, "What must hold". They change nothing: they
 * tell whoever watches. Each stands where the promise begins; windows close when the outermost operation returns.
 */

const P = { private: true } as const;

export const promise_discard = verb(
  'promise_discard',
  ['start', 'count'],
  (m, t, start, count) => {
    m.observer.opened(m, t, WINDOW.DISCARD, start, count, 0);
    return DONE;
  },
  P,
);
export const promise_unmap = verb(
  'promise_unmap',
  ['start', 'count'],
  (m, t, start, count) => {
    m.observer.opened(m, t, WINDOW.UNMAP, start, count, 0);
    return DONE;
  },
  P,
);
export const promise_fork = verb(
  'promise_fork',
  ['parent', 'child'],
  (m, t, parent, child) => {
    m.observer.opened(m, t, WINDOW.FORK, parent, m.layout.pages, child);
    return DONE;
  },
  P,
);
/** The child is complete: each of its cells is what its page table backs (before the parent's mmap_sem is dropped). */
export const promise_child_complete = verb(
  'promise_child_complete',
  [],
  (m, t) => {
    m.observer.closed(m, t);
    return DONE;
  },
  P,
);
/** The range stopped being an address: munmap inside mremap is complete before the call returns. */
export const promise_unmap_complete = verb(
  'promise_unmap_complete',
  [],
  (m, t) => {
    m.observer.closed(m, t);
    return DONE;
  },
  P,
);
/** [to, to + count) names what [from, from + count) names: mremap is under way, and both do. */
export const promise_move = verb(
  'promise_move',
  ['from', 'to', 'count'],
  (m, t, from, to, count) => {
    for (let i = 0; i < count; i++) m.observer.moved(m, t, from + i, to + i, false);
    return DONE;
  },
  P,
);
/** [from, from + count) names nothing any more. */
export const promise_move_complete = verb(
  'promise_move_complete',
  ['from', 'to', 'count'],
  (m, t, from, to, count) => {
    for (let i = 0; i < count; i++) m.observer.moved(m, t, from + i, to + i, true);
    return DONE;
  },
  P,
);
export const promise_sync = verb(
  'promise_sync',
  ['index', 'count'],
  (m, t, index, count) => {
    m.observer.opened(m, t, WINDOW.SYNC, index, count, 0);
    return DONE;
  },
  P,
);
export const promise_free = verb(
  'promise_free',
  ['start', 'count'],
  (m, t, start, count) => {
    m.observer.opened(m, t, WINDOW.FREE, start, count, 0);
    return DONE;
  },
  P,
);
export const promise_protect = verb(
  'promise_protect',
  ['start', 'count'],
  (m, t, start, count) => {
    m.observer.opened(m, t, WINDOW.PROTECT, start, count, 0);
    return DONE;
  },
  P,
);
export const promise_track = verb(
  'promise_track',
  ['start', 'count'],
  (m, t, start, count) => {
    m.observer.opened(m, t, WINDOW.TRACK, start, count, 0);
    return DONE;
  },
  P,
);
/** A hole is punched: the file pages [index, index + count) become zeros, private copies stay what they are. */
export const promise_punch = verb(
  'promise_punch',
  ['index', 'count'],
  (m, t, index, count) => {
    m.observer.opened(m, t, WINDOW.PUNCH, index, count, 0);
    return DONE;
  },
  P,
);
/** The file is cut off: its pages [index, index + count), and private copies of them, stop being memory. */
export const promise_truncate = verb(
  'promise_truncate',
  ['index', 'count'],
  (m, t, index, count) => {
    m.observer.opened(m, t, WINDOW.TRUNCATE, index, count, 0);
    return DONE;
  },
  P,
);
/** userfaultfd: from the return on, the monitor is asked before [start, start + count) is written. */
export const promise_ask = verb(
  'promise_ask',
  ['start', 'count'],
  (m, t, start, count) => {
    m.observer.opened(m, t, WINDOW.ASK, start, count, 0);
    return DONE;
  },
  P,
);
/** The monitor lets writes to [start, start + count) through. */
export const promise_let = verb(
  'promise_let',
  ['start', 'count'],
  (m, t, start, count) => {
    m.observer.opened(m, t, WINDOW.LET, start, count, 0);
    return DONE;
  },
  P,
);
/** A dirty log was taken: from here on a write to [start, start + count) leaves the dirty bit in its entry. */
export const promise_log = verb(
  'promise_log',
  ['start', 'count'],
  (m, t, start, count) => {
    m.observer.opened(m, t, WINDOW.LOG, start, count, 0);
    return DONE;
  },
  P,
);
/** The private contents of the range are gone: nobody reads anything there any more. */
export const promise_reap = verb(
  'promise_reap',
  ['start', 'count'],
  (m, t, start, count) => {
    m.observer.opened(m, t, WINDOW.REAP, start, count, 0);
    return DONE;
  },
  P,
);
/** The function that ends here promised that nobody writes the page whose entry does not permit it. */
export const promise_entry = verb(
  'promise_entry',
  ['addr'],
  (m, t, addr) => {
    m.observer.promised(m, t, addr, true);
    return DONE;
  },
  P,
);
/** The contents of `addr` become those of `page`, by purpose. */
export const promise_contents = verb(
  'promise_contents',
  ['addr', 'page'],
  (m, t, addr, page) => {
    m.observer.rewrote(m, t, addr, page);
    return DONE;
  },
  P,
);
/** The slot that the entry of `addr` names is free; `page`, which comes in its place, has the contents. */
export const promise_swapped_in = verb(
  'promise_swapped_in',
  ['addr', 'page'],
  (m, t, addr, page) => {
    m.observer.swappedIn(m, t, addr, page);
    return DONE;
  },
  P,
);
/** The page at `addr` is dropped by this operation, as after MADV_FREE: it reads as zeros, and a write keeps it. */
export const promise_drop = verb(
  'promise_drop',
  ['addr'],
  (m, t, addr) => {
    m.observer.dropped(m, t, addr);
    return DONE;
  },
  P,
);
/** A hardware error took the contents of the locked page-cache page; the file's storage is what is left. */
export const promise_poison = verb(
  'promise_poison',
  ['page'],
  (m, t, page) => {
    m.observer.poisoned(m, t, page);
    return DONE;
  },
  P,
);
