import { PAGE_WORDS } from '../machine/geometry.js';
import { FILE, OBJECT, THREAD, VPAGE } from '../machine/layout.js';
import { NOT_COMPARED, type Machine } from '../machine/machine.js';
import { WINDOW } from '../machine/observer.js';
import { bitOf } from '../machine/values.js';
import { frameOf, PTE } from '../kernel/entry.js';
import type { Asking } from './asking.js';
import { isPoisoned } from './backing.js';
import { DISCARDABLE, isChosen, kindOfWindow } from './objects.js';

/**
 * Pins (get_user_pages) stand for the memory object of their address for as long as nothing ends that by its nature: a
 * discard, fork, contents changed by purpose. What such a pin shows and takes is the object's, wherever the kernel has
 * moved it; after that its frame is its own, and what it writes into a page that still is somebody's leaves a word unsure.
 */

/** OBJECT.STATE: a pin that stands for nobody wrote word 0; the bit above it is word 1's. */
const UNSURE = 4;

export const isUnsure = (m: Machine, object: number, word: number): boolean =>
  (m.words[m.layout.objectAt(object) + OBJECT.STATE] & (UNSURE << word)) !== 0;

const pinEntry = (m: Machine, t: number): number => m.words[m.layout.threadAt(t) + THREAD.PIN_ENTRY];
/** The object that the pin of thread t stands for, -1 when it stands for none. */
const pinObject = (m: Machine, t: number): number => m.words[m.layout.threadAt(t) + THREAD.PIN_OBJECT] - 1;

/** An operation in flight may end what pins of the object stand for. */
function isInDoubt(m: Machine, object: number): boolean {
  const o = m.layout.objectAt(object);
  if ((m.words[o + OBJECT.STATE] & DISCARDABLE) !== 0) return true;
  for (let t = 0; t < m.layout.geometry.cpus; t++)
    if ((m.words[o + OBJECT.WATCH] & (1 << t)) !== 0 && kindOfWindow(m, t) !== WINDOW.SYNC) return true;
  return false;
}

/** Agent t has pinned the frame that `addr` maps. */
export function attachPin(m: Machine, t: number, addr: number, frame: number): void {
  const object = m.words[m.layout.vpage(addr) + VPAGE.OBJECT] - 1;
  const stands =
    object >= 0 &&
    m.words[m.layout.objectAt(object) + OBJECT.HOME] === frame + 1 &&
    !isInDoubt(m, object) &&
    !isPoisoned(m, frame);
  m.words[m.layout.threadAt(t) + THREAD.PIN_OBJECT] = stands ? object + 1 : 0;
}

/** Thread t read `value` through its pin. */
export function loadPinned(l: Asking, t: number, word: number, value: number): void {
  const { m } = l;
  const object = pinObject(m, t);
  const entry = pinEntry(m, t);
  for (const o of l.oracles) o.pinLoaded?.(l, t, object, word, value, entry);
  l.looks.pinLoaded++;
  if (
    object < 0 ||
    frameOf(entry) !== l.home(object) ||
    isUnsure(m, object, word) ||
    isChosen(m, object, word)
  )
    m.returns(t, NOT_COMPARED);
}

/** Thread t is about to write `value` through its pin. */
export function askOfPin(l: Asking, t: number, word: number, value: number): void {
  const object = pinObject(l.m, t);
  for (const o of l.oracles) o.pinStoring?.(l, t, object, word, value, pinEntry(l.m, t));
  l.looks.pinStoring++;
}

/** A write through the pin landed: every object that lives in the frame has it. */
export function storePinned(m: Machine, t: number, word: number, value: number): void {
  const L = m.layout;
  const frame = frameOf(pinEntry(m, t));
  const stands = pinObject(m, t);
  for (let object = 0; object < L.objects; object++) {
    const o = L.objectAt(object);
    if (m.words[o + OBJECT.HOME] !== frame + 1 || hasLeftFile(m, object, frame)) continue;
    m.words[o + OBJECT.CELL + word] = value;
    if (object !== stands) m.words[o + OBJECT.STATE] |= UNSURE << word;
    const watch = m.words[o + OBJECT.WATCH];
    for (let u = 0; u < L.geometry.cpus; u++)
      if ((watch & (1 << u)) !== 0) m.words[L.windowAt(u, object) + word] |= bitOf(value);
  }
}

/** A poisoned page that was taken out of its file: what is still written there is nobody's. */
function hasLeftFile(m: Machine, object: number, frame: number): boolean {
  const index = object - m.layout.geometry.mms * m.layout.pages;
  return index >= 0 && isPoisoned(m, frame) && m.words[m.layout.fileAt(index) + FILE.CACHE] !== frame + 1;
}

/** A write took effect: the word is known again. */
export function makeSure(m: Machine, object: number, word: number): void {
  m.words[m.layout.objectAt(object) + OBJECT.STATE] &= ~(UNSURE << word);
}

/** Words of the parent that are unsure are so in the child. */
export const unsureOf = (m: Machine, object: number): number =>
  m.words[m.layout.objectAt(object) + OBJECT.STATE] & ((UNSURE << PAGE_WORDS) - UNSURE);

/** Somebody has written the page through a pin, and has not told it: a sync knows nothing of that yet. */
export function isWrittenByPin(m: Machine, object: number): boolean {
  const home = m.words[m.layout.objectAt(object) + OBJECT.HOME] - 1;
  for (let t = 0; t < m.layout.threads; t++) {
    const e = pinEntry(m, t);
    if ((e & PTE.DIRTY) !== 0 && frameOf(e) === home) return true;
  }
  return false;
}

/** The page is told that it was written: syncs that are under way may have passed it by. */
export function excuseSyncs(m: Machine, t: number): void {
  const L = m.layout;
  const frame = frameOf(pinEntry(m, t));
  for (let object = L.geometry.mms * L.pages; object < L.objects; object++) {
    const o = L.objectAt(object);
    if (m.words[o + OBJECT.HOME] !== frame + 1) continue;
    for (let u = 0; u < L.geometry.cpus; u++) {
      if ((m.words[o + OBJECT.WATCH] & (1 << u)) === 0 || kindOfWindow(m, u) !== WINDOW.SYNC) continue;
      m.words[o + OBJECT.WATCH] &= ~(1 << u);
      const at = L.windowAt(u, object);
      m.words.fill(0, at, at + 2 * PAGE_WORDS);
    }
  }
}
