import { assert } from '../base/assert.js';
import { PAGE_WORDS } from '../machine/geometry.js';
import { FILE, OBJECT, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { WINDOW } from '../machine/observer.js';

/** Memory objects in the words: which of them an address may name, and windows on one of them. */

/** OBJECT.STATE: the page may be dropped until it is written (MADV_FREE). */
export const DISCARDABLE = 1;
/**
 * OBJECT.STATE: word 0 is what it was or zero, as reclaim chose before the page was written and kept; the bit above it is
 * word 1's. Two models are not compared by it.
 */
export const CHOSEN = 16;
export const EVERY_CHOSEN = (CHOSEN << PAGE_WORDS) - CHOSEN;
/** A write keeps a discardable page: what its other words are from here on was the kernel's to decide. */
export function keepPage(m: Machine, object: number, written: number): void {
  const at = m.layout.objectAt(object) + OBJECT.STATE;
  const state = m.words[at];
  const others = EVERY_CHOSEN & ~(CHOSEN << written);
  m.words[at] = (state & DISCARDABLE) === 0 ? state : (state & ~DISCARDABLE) | others;
}
/** See {@link CHOSEN}. */
export const isChosen = (m: Machine, object: number, word: number): boolean =>
  object >= 0 && (m.words[m.layout.objectAt(object) + OBJECT.STATE] & (CHOSEN << word)) !== 0;

/** What the page holds may turn into zeros at any time; false for no object. */
export const isDiscardable = (m: Machine, object: number): boolean =>
  object >= 0 && (m.words[m.layout.objectAt(object) + OBJECT.STATE] & DISCARDABLE) !== 0;
/** Bit of a window's first word: the object was made inside the window, so what it held first is as good as written. */
export const BORN = 1 << 31;
/** The same word: a copy of the file's page was installed inside the window; what the copy step read is as good as written. */
export const COPIED = 1 << 30;
/** VPAGE.TRACK: a write leaves a soft-dirty mark, as promised. */
export const TRACKED = 1;
/** VPAGE.TRACK: a write leaves the dirty bit in the entry, for the next dirty log. */
export const LOGGED = 2;
/** The same word: fork has not told the child's page yet, and it was dropped already. */
export const DROPPED = 1 << 8;
/** VPAGE.TRACK: userfaultfd's monitor is asked before a write. */
export const PROTECTED = 4;

/** An object of the mm that no address names, for a new private copy: the address's own if it is free. */
export function spareObject(m: Machine, addr: number): number {
  const L = m.layout;
  const first = addr & ~(L.pages - 1);
  const used = (object: number): boolean => {
    for (let a = first; a < first + L.pages; a++)
      if (m.words[L.vpage(a) + VPAGE.OBJECT] === object + 1) return true;
    return false;
  };
  if (!used(addr)) return addr;
  for (let object = first; object < first + L.pages; object++) if (!used(object)) return object;
  assert(false, 'an mm has as many private objects as pages');
}

/**
 * Opens thread t's window on one object: nothing written yet, the cells as they are. What is pinned of it does not stand for
 * it any more, unless it is only written to its storage.
 */
export function openOn(m: Machine, t: number, object: number): void {
  const L = m.layout;
  if (kindOfWindow(m, t) !== WINDOW.SYNC) detachPins(m, object);
  const o = L.objectAt(object);
  const at = L.windowAt(t, object);
  m.words[o + OBJECT.WATCH] |= 1 << t;
  for (let k = 0; k < PAGE_WORDS; k++) {
    m.words[at + k] = 0;
    m.words[at + PAGE_WORDS + k] = m.words[o + OBJECT.CELL + k]!;
  }
}

/** Whatever is pinned of the object stands for it no more: see oracle/pins. */
export function detachPins(m: Machine, object: number): void {
  for (let t = 0; t < m.layout.threads; t++) {
    const at = m.layout.threadAt(t) + THREAD.PIN_OBJECT;
    if (m.words[at] === object + 1) m.words[at] = 0;
  }
}

/** The contents of a file page are lost to a hardware error: its storage is what it is from here on, for syncs too. */
export function poisonFile(m: Machine, index: number): void {
  const L = m.layout;
  const object = L.geometry.mms * L.pages + index;
  const o = L.objectAt(object);
  m.words[o + OBJECT.HOME] = 0;
  for (let k = 0; k < PAGE_WORDS; k++) {
    m.words[o + OBJECT.CELL + k] = m.words[L.fileAt(index) + FILE.S + k];
    for (let t = 0; t < L.geometry.cpus; t++)
      if ((m.words[o + OBJECT.WATCH] & (1 << t)) !== 0)
        m.words[L.windowAt(t, object) + PAGE_WORDS + k] = m.words[o + OBJECT.CELL + k];
  }
}

/** What the window of thread t is ({@link WINDOW}). */
export const kindOfWindow = (m: Machine, t: number): number =>
  m.words[m.layout.threadAt(t) + THREAD.WINDOW] & 15;
