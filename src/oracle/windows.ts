import { PAGE_WORDS } from '../machine/geometry.js';
import { FILE, FRAME, OBJECT, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { WINDOW } from '../machine/observer.js';
import { isPresent } from '../kernel/entry.js';
import { baseEntry, frameFor } from '../kernel/walk.js';
import type { Asking } from './asking.js';
import { isReaped } from '../kernel/oom.js';
import { addressOf, isCutOff, NO_ADDRESS } from './backing.js';
import { bear } from './births.js';
import { discardsFile, fileObject, openOnCopies, promiseFile } from './file-windows.js';
import { heldSince, resultOf } from './held.js';
import { CHOSEN, DISCARDABLE, keepPage, kindOfWindow, openOn } from './objects.js';
import { isUnsure, isWrittenByPin } from './pins.js';
import { settleContents, settleFile } from './settle.js';
import { isMark, mark, trackFromHere, unprotect } from './tracking.js';

/** Windows of operations in flight on the cells: discards, forks, syncs. One a thread, over many objects. */

/** Operations whose return promises rights: all where the page goes, else that to write. Syncs and faults promise none. */
const PROMISES_RIGHTS: ReadonlySet<number> = new Set([
  WINDOW.DISCARD,
  WINDOW.UNMAP,
  WINDOW.FORK,
  WINDOW.PROTECT,
  WINDOW.TRACK,
  WINDOW.ASK,
]);
/** What happens to pages of a file: the range of such a window is of file pages. */
const OF_FILES: ReadonlySet<number> = new Set([WINDOW.SYNC, WINDOW.PUNCH, WINDOW.TRUNCATE]);

/** Packs a window into one word: kind, first page, pages, and one more number. */
const pack = (kind: number, start: number, count: number, other: number): number =>
  kind | (start << 4) | (count << 12) | (other << 20);

export function openWindow(
  m: Machine,
  t: number,
  kind: number,
  start: number,
  count: number,
  other: number,
): void {
  const L = m.layout;
  const w = m.words;
  if (isMark(kind)) return mark(m, kind, start, count);
  w[L.threadAt(t) + THREAD.WINDOW] = pack(kind, start, count, other);
  const files = L.geometry.mms * L.pages;
  if (kind === WINDOW.PROTECT || kind === WINDOW.TRACK || kind === WINDOW.ASK) return;
  if (kind === WINDOW.DISCARD) unprotect(m, start, count);
  if (OF_FILES.has(kind)) {
    for (let i = 0; i < count; i++) openOn(m, t, files + start + i);
    if (kind === WINDOW.TRUNCATE) openOnCopies(m, t, start, count);
    return;
  }
  for (let i = 0; i < count; i++) {
    const object = w[L.vpage(start + i) + VPAGE.OBJECT] - 1;
    if (object < 0) continue;
    // what a mapping of a file shows belongs to the file: unmapping it discards nothing
    if (object >= files) continue;
    if (kind === WINDOW.REAP && !isReaped(w[L.vpage(start + i) + VPAGE.VMA])) continue;
    openOn(m, t, object);
    if (kind === WINDOW.FREE) w[L.objectAt(object) + OBJECT.STATE] |= DISCARDABLE;
  }
}

/** A write took effect: every open window on the cell has seen it; a discardable page is kept from here on. */
export function noteWrite(m: Machine, object: number, word: number, bit: number): void {
  const L = m.layout;
  const o = L.objectAt(object);
  const watch = m.words[o + OBJECT.WATCH];
  m.words[o + OBJECT.STATE] &= ~(CHOSEN << word);
  if (watch === 0) return keepPage(m, object, word);
  let freeing = false;
  for (let t = 0; t < L.geometry.cpus; t++) {
    if ((watch & (1 << t)) === 0) continue;
    m.words[L.windowAt(t, object) + word] |= bit;
    freeing ||= kindOfWindow(m, t) === WINDOW.FREE;
  }
  if ((m.words[o + OBJECT.STATE] & DISCARDABLE) === 0) return;
  if (!freeing) keepPage(m, object, word);
  // drops of the page that are under way may not lose this write
  for (let t = 0; t < L.geometry.cpus; t++) {
    if ((watch & (1 << t)) === 0 || kindOfWindow(m, t) !== WINDOW.NONE) continue;
    if (freeing && !isMapped(m, object)) continue; // into the page that goes, before MADV_FREE returned
    keepFromHere(m, t, object, word);
    m.words[o + OBJECT.WATCH] &= ~(1 << t);
  }
}

/** The object's home frame is mapped: no drop has taken it. */
function isMapped(m: Machine, object: number): boolean {
  const addr = addressOf(m, object);
  const e = addr < 0 ? 0 : baseEntry(m, addr);
  return isPresent(e) && frameFor(e, addr) === m.words[m.layout.objectAt(object) + OBJECT.HOME] - 1;
}

/** A write ends a drop in flight: the other words are what they became, old or the result, and stay so. */
function keepFromHere(m: Machine, t: number, object: number, written: number): void {
  const o = m.layout.objectAt(object);
  const home = m.words[o + OBJECT.HOME] - 1;
  const addr = addressOf(m, object);
  if (home < 0 || addr < 0) return;
  for (let k = 0; k < PAGE_WORDS; k++) {
    const there = m.words[m.layout.frameAt(home) + FRAME.W + k];
    if (k !== written && (there === resultOf(m, addr, k) || heldSince(m, t, object, k, there)))
      m.words[o + OBJECT.CELL + k] = there;
  }
}

/** A window that turns contents into a result: a discard, an unmapping, or a drop of a discardable page. */
function discards(m: Machine, t: number, object: number): boolean {
  const kind = kindOfWindow(m, t);
  if (kind === WINDOW.PUNCH) return object >= m.layout.geometry.mms * m.layout.pages; // private copies stay
  if (kind === WINDOW.DISCARD || kind === WINDOW.UNMAP || kind === WINDOW.TRUNCATE || kind === WINDOW.REAP)
    return true;
  if (kind === WINDOW.FREE) return (m.words[m.layout.objectAt(object) + OBJECT.STATE] & DISCARDABLE) !== 0;
  // no window of its own: the drop of a discardable page
  return kind === WINDOW.NONE;
}

/** Some operation in flight may lose the contents of the object. */
export function discarding(m: Machine, object: number): boolean {
  const o = m.layout.objectAt(object);
  const watch = m.words[o + OBJECT.WATCH];
  if (watch === 0) return false;
  for (let t = 0; t < m.layout.geometry.cpus; t++) {
    if ((watch & (1 << t)) !== 0 && discards(m, t, object)) return true;
  }
  return false;
}

/** Thread t gives the address an entry again: it did not drop the page whose entry it took away. */
export function keepDropped(m: Machine, t: number, object: number, addr: number): void {
  if (t >= m.layout.geometry.cpus) return;
  const watch = m.layout.objectAt(object) + OBJECT.WATCH;
  if ((m.words[watch] & (1 << t)) === 0) return;
  const window = m.words[m.layout.threadAt(t) + THREAD.WINDOW];
  const start = (window >> 4) & 255;
  if ((window & 15) !== WINDOW.NONE && addr >= start && addr < start + ((window >> 12) & 255)) return;
  m.words[watch] &= ~(1 << t);
  const at = m.layout.windowAt(t, object);
  m.words.fill(0, at, at + 2 * PAGE_WORDS);
}

/** MADV_FREE drops what it finds swapped out before it returns: zeros from here on. */
export function freeSwapped(m: Machine, t: number, object: number): void {
  if (object < 0 || t >= m.layout.geometry.cpus || kindOfWindow(m, t) !== WINDOW.FREE) return;
  const o = m.layout.objectAt(object);
  if ((m.words[o + OBJECT.STATE] & DISCARDABLE) === 0) return;
  for (let k = 0; k < PAGE_WORDS; k++) m.words[o + OBJECT.CELL + k] = 0;
  m.words[o + OBJECT.HOME] = 0;
}

/** Some operation in flight takes the address away: an access there succeeds or is refused, and either is right. */
export function unmapping(m: Machine, addr: number): boolean {
  for (let t = 0; t < m.layout.geometry.cpus; t++) {
    const window = m.words[m.layout.threadAt(t) + THREAD.WINDOW];
    if ((window & 15) !== WINDOW.UNMAP) continue;
    const start = (window >> 4) & 255;
    if (addr >= start && addr < start + ((window >> 12) & 255)) return true;
  }
  return false;
}

export function allowedByWindows(
  m: Machine,
  object: number,
  addr: number,
  word: number,
  value: number,
): boolean {
  const L = m.layout;
  const watch = m.words[L.objectAt(object) + OBJECT.WATCH];
  if (watch === 0) return false;
  const file = object < L.geometry.mms * L.pages ? fileObject(m, addr) : -1;
  for (let t = 0; t < L.geometry.cpus; t++) {
    if ((watch & (1 << t)) === 0) continue;
    if (!discards(m, t, object)) {
      // a copy that was made while its file page is punched
      if (kindOfWindow(m, t) === WINDOW.PUNCH && file >= 0 && showsOf(m, file, addr, word, value))
        return true;
      continue;
    }
    if (value === resultFor(m, t, addr, word) || heldSince(m, t, object, word, value)) return true;
    // what a mapping of the file shows where a private copy was may itself be going
    if (file >= 0 && showsOf(m, file, addr, word, value)) return true;
  }
  return false;
}

/** What the window of thread t turns the contents into, as far as anybody can read it. */
function resultFor(m: Machine, t: number, addr: number, word: number): number {
  const kind = kindOfWindow(m, t);
  if (kind === WINDOW.PUNCH) return 0;
  return kind === WINDOW.TRUNCATE || kind === WINDOW.REAP ? NO_ADDRESS : resultOf(m, addr, word);
}

function showsOf(m: Machine, file: number, addr: number, word: number, value: number): boolean {
  return (
    value === m.words[m.layout.objectAt(file) + OBJECT.CELL + word] ||
    allowedByWindows(m, file, addr, word, value)
  );
}

/** The operation of thread t returns, or says that its window ends: what it promised is asked for. */
export function closeWindow(l: Asking, t: number): void {
  const m = l.m;
  const L = m.layout;
  if (t >= L.geometry.cpus) return;
  const at = L.threadAt(t) + THREAD.WINDOW;
  const window = m.words[at];
  const kind = window & 15;
  const start = (window >> 4) & 255;
  const count = (window >> 12) & 255;
  const other = window >> 20;
  if (kind === WINDOW.FORK) bear(l, t, start, count, other);
  for (let object = 0; object < L.objects; object++) {
    const o = L.objectAt(object) + OBJECT.WATCH;
    if ((m.words[o] & (1 << t)) === 0) continue;
    closeOn(l, t, kind, object);
    m.words[o] &= ~(1 << t);
    const w = L.windowAt(t, object);
    m.words.fill(0, w, w + 2 * PAGE_WORDS);
  }
  if (discardsFile(kind)) promiseFile(l, t, kind, start, count);
  if (kind === WINDOW.REAP) {
    for (let i = start; i < start + count; i++)
      if (isReaped(m.words[L.vpage(i) + VPAGE.VMA])) l.promised(m, t, i, false);
  }
  const keepsPage = kind !== WINDOW.DISCARD && kind !== WINDOW.UNMAP;
  if (PROMISES_RIGHTS.has(kind)) for (let i = 0; i < count; i++) l.promised(m, t, start + i, keepsPage);
  if (kind === WINDOW.UNMAP) for (let i = 0; i < count; i++) forget(m, start + i);
  if (kind === WINDOW.DISCARD) unprotect(m, start, count);
  trackFromHere(m, kind, start, count);
  m.words[at] = 0;
}

function closeOn(l: Asking, t: number, kind: number, object: number): void {
  const m = l.m;
  const L = m.layout;
  if (kind === WINDOW.SYNC) {
    const index = object - L.geometry.mms * L.pages;
    for (let k = 0; k < PAGE_WORDS; k++) {
      const stored = m.words[L.fileAt(index) + FILE.S + k];
      const held =
        heldSince(m, t, object, k, stored) ||
        owesNothing(m, object) ||
        isWrittenByPin(m, object) ||
        isUnsure(m, object, k);
      for (const o of l.oracles) o.synced?.(l, t, object, k, stored, held);
      l.looks.synced++;
    }
    return;
  }
  if (discardsFile(kind) && object >= L.geometry.mms * L.pages) {
    settleFile(l, t, kind, object);
    return;
  }
  if (kind === WINDOW.TRUNCATE || kind === WINDOW.REAP) {
    const addr = addressOf(m, object);
    if (addr >= 0) settleContents(l, t, kind, object, addr);
    return;
  }
  if (kind !== WINDOW.DISCARD && kind !== WINDOW.UNMAP && kind !== WINDOW.NONE) return;
  // of two names (mremap in flight) the one that has an entry
  const addr = addressOf(m, object);
  if (addr < 0) return;
  settleContents(l, t, kind, object, addr);
  if (kind === WINDOW.NONE) unprotect(m, addr, 1);
}

/** A sync owes nothing of a page that was cut off, or whose contents are being discarded. */
function owesNothing(m: Machine, object: number): boolean {
  return isCutOff(m, object - m.layout.geometry.mms * m.layout.pages) || discarding(m, object);
}

function forget(m: Machine, addr: number): void {
  const at = m.layout.vpage(addr);
  const object = m.words[at + VPAGE.OBJECT] - 1;
  m.words[at + VPAGE.OBJECT] = 0;
  m.words[at + VPAGE.TRACK] = 0;
  if (object < 0 || object >= m.layout.geometry.mms * m.layout.pages) return;
  const o = m.layout.objectAt(object);
  m.words[o + OBJECT.HOME] = 0;
  m.words[o + OBJECT.STATE] = 0;
  // its number may name another page soon: nobody in flight speaks of that one
  for (let t = 0; t < m.layout.geometry.cpus; t++) {
    if ((m.words[o + OBJECT.WATCH] & (1 << t)) === 0) continue;
    const at = m.layout.windowAt(t, object);
    m.words.fill(0, at, at + 2 * PAGE_WORDS);
  }
  m.words[o + OBJECT.WATCH] = 0;
  for (let k = 0; k < PAGE_WORDS; k++) m.words[o + OBJECT.CELL + k] = 0;
}
