import { FRAME, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { FRAME_SHIFT, frameOf, PTE } from './entry.js';
import { PG } from './page.js';

/**
 * A page that an agent has pinned (get_user_pages): it holds a reference, and accesses the frame without a translation.
 * One a thread. What is read of it joins the step before: the pin is the thread's own.
 */

const P = { private: true } as const;
const yes = (holds: boolean): number => (holds ? DONE : NO);
const entryOf = (m: Machine, t: number): number => m.words[m.layout.threadAt(t) + THREAD.PIN_ENTRY];

/** The reference of `page` is a pin of `addr` from here on. It joins the look at the entry. */
export const pin_page = verb(
  'pin_page',
  ['addr', 'page', 'write'],
  (m, t, addr, page, write) => {
    const at = m.layout.threadAt(t);
    m.words[at + THREAD.PIN_AT] = addr + 1;
    m.words[at + THREAD.PIN_ENTRY] = (page << FRAME_SHIFT) | PTE.PRESENT | (write !== 0 ? PTE.WRITE : 0);
    const flags = m.layout.frameAt(page) + FRAME.FLAGS;
    if (write !== 0 && (m.words[flags] & PG.ANON) !== 0) m.words[flags] |= PG.PINNED_OWN;
    m.observer.pinned(m, t, addr, page);
    return DONE;
  },
  P,
);

export const pin_is_held = test(
  'pin_is_held',
  [],
  (m, t) => yes(m.words[m.layout.threadAt(t) + THREAD.PIN_AT] !== 0),
  P,
);
/** The pin is of this address, and may be written if that is asked. */
export const has_pin = test(
  'has_pin',
  ['addr', 'write'],
  (m, t, addr, write) =>
    yes(
      m.words[m.layout.threadAt(t) + THREAD.PIN_AT] === addr + 1 &&
        (write === 0 || (entryOf(m, t) & PTE.WRITE) !== 0),
    ),
  P,
);
export const pinned_frame = value('pinned_frame', [], (m, t) => frameOf(entryOf(m, t)));

/** Reads the frame. */
export const pin_load = verb('pin_load', ['word'], (m, t, word) => {
  const v = m.words[m.layout.frameAt(frameOf(entryOf(m, t))) + FRAME.W + word];
  m.returns(t, v + 1);
  m.observer.pinLoaded(m, t, word, v);
  return DONE;
});

/** Writes the operation's tag into the frame. */
export const pin_store = verb('pin_store', ['word'], (m, t, word) => {
  const at = m.layout.threadAt(t);
  const tag = m.words[at + THREAD.TAG];
  m.observer.pinStoring(m, t, word, tag);
  m.words[m.layout.frameAt(frameOf(entryOf(m, t))) + FRAME.W + word] = tag;
  m.words[at + THREAD.PIN_ENTRY] |= PTE.DIRTY;
  m.observer.pinStored(m, t, word, tag);
  return DONE;
});

/** It was written, and nothing says so yet: only whoever pinned the page knows. */
export const pin_is_dirty = test('pin_is_dirty', [], (m, t) => yes((entryOf(m, t) & PTE.DIRTY) !== 0), P);
/** The page has been told. */
export const pin_mkclean = verb(
  'pin_mkclean',
  [],
  (m, t) => {
    m.words[m.layout.threadAt(t) + THREAD.PIN_ENTRY] &= ~PTE.DIRTY;
    m.observer.pinCleaned(m, t);
    return DONE;
  },
  P,
);

/** The agent does not access the frame any more; the reference is still to be put. */
export const unpin_page = verb(
  'unpin_page',
  [],
  (m, t) => {
    const at = m.layout.threadAt(t) + THREAD.PIN_AT;
    m.words.fill(0, at, at + 3);
    return DONE;
  },
  P,
);
