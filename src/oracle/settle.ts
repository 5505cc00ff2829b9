import { PAGE_WORDS } from '../machine/geometry.js';
import { FILE, FRAME, OBJECT, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { WINDOW } from '../machine/observer.js';
import { bitOf } from '../machine/values.js';
import { isPresent, KIND_MIGRATION, kindOf } from '../kernel/entry.js';
import { PG } from '../kernel/page.js';
import { isFile } from '../kernel/vma.js';
import { baseEntry, frameFor, headOf } from '../kernel/walk.js';
import { transitOwner } from './after.js';
import type { Asking } from './asking.js';
import { addressOf, backedValue, backingFrame, fileValue, NO_ADDRESS, POISON } from './backing.js';
import { heldSince, resultOf, writtenSince } from './held.js';
import { BORN, COPIED, EVERY_CHOSEN, kindOfWindow } from './objects.js';
import { isUnsure } from './pins.js';

/** The end of a discard on one object. */

/** At the return of a discard what backs the page is the result, or was written since the call; it is exact from then on. */
export function settleContents(l: Asking, t: number, kind: number, object: number, addr: number): void {
  const m = l.m;
  const L = m.layout;
  const o = L.objectAt(object);
  const home = m.words[o + OBJECT.HOME] - 1;
  const owner = transitOwner(m, addr, t);
  const stays = home >= 0 && owner >= 0 && !discardsToo(m, owner, object);
  for (let k = 0; k < PAGE_WORDS; k++) {
    const backed = stays ? m.words[L.frameAt(home) + FRAME.W + k] : backedValue(m, addr, k);
    const gone = kind === WINDOW.TRUNCATE; // a copy made meanwhile goes too
    const born = (m.words[L.windowAt(t, object)] & BORN) !== 0;
    const kept = (kind === WINDOW.NONE || born) && backed === m.words[L.windowAt(t, object) + PAGE_WORDS + k];
    const copied = (m.words[L.windowAt(t, object)] & COPIED) !== 0 && backed === l.cell(object, k);
    const fresh = copied || writtenSince(m, t, object, k, backed);
    const allowed =
      (!gone && (kept || fresh)) ||
      backed ===
        (kind === WINDOW.UNMAP || kind === WINDOW.REAP || gone ? NO_ADDRESS : resultOf(m, addr, k)) ||
      backed === NO_ADDRESS ||
      // the reaper need not take everything; what it took reads as nothing
      (kind === WINDOW.REAP && (heldSince(m, t, object, k, backed) || l.allowed(object, addr, k, backed))) ||
      backed === POISON ||
      isUnsure(m, object, k) ||
      (!gone && fileShows(l, addr, k, backed));
    for (const oracle of l.oracles) oracle.discarded?.(l, t, addr, k, backed, allowed);
    l.looks.discarded++;
    // the reaper may have been there; a fault that had looked before it may still put zeros there
    const drops = kind === WINDOW.DISCARD || kind === WINDOW.NONE;
    const left = backed < 0 && drops ? resultOf(m, addr, k) : backed;
    if (left >= 0 || kind === WINDOW.DISCARD) m.words[o + OBJECT.CELL + k] = left;
    if (left >= 0 && kind === WINDOW.DISCARD) tellOthers(m, t, object, k, left);
  }
  if (kind === WINDOW.DISCARD) m.words[o + OBJECT.STATE] &= ~EVERY_CHOSEN;
  const e = baseEntry(m, addr);
  // under migration the page may be in its new frame already
  if (!stays && kindOf(e) !== KIND_MIGRATION) m.words[o + OBJECT.HOME] = backingFrame(m, addr) + 1;
  const shows = showsFile(
    m,
    addr,
    stays ? home : isPresent(e) || kindOf(e) === KIND_MIGRATION ? frameFor(e, addr) : -1,
  );
  if (shows) m.words[o + OBJECT.HOME] = 0;
  // another discard in flight still speaks of the private page
  if (((e === 0 && !stays) || shows) && !isDiscardedByOthers(m, t, object) && kind !== WINDOW.REAP)
    adoptFile(m, L.vpage(addr));
}

/** For whoever else has a window open, what a discard left is a value that was written. */
function tellOthers(m: Machine, t: number, object: number, word: number, value: number): void {
  for (let u = 0; u < m.layout.geometry.cpus; u++)
    if (u !== t && (m.words[m.layout.objectAt(object) + OBJECT.WATCH] & (1 << u)) !== 0)
      m.words[m.layout.windowAt(u, object) + word] |= bitOf(value);
}

function isDiscardedByOthers(m: Machine, t: number, object: number): boolean {
  for (let u = 0; u < m.layout.geometry.cpus; u++) {
    if (u === t || (m.words[m.layout.objectAt(object) + OBJECT.WATCH] & (1 << u)) === 0) continue;
    if (kindOfWindow(m, u) !== WINDOW.PUNCH) return true; // which leaves private pages alone
  }
  return false;
}

/** Who has the entry in hand is discarding the page as well: it puts nothing back. */
function discardsToo(m: Machine, owner: number, object: number): boolean {
  if (owner >= m.layout.geometry.cpus) return false;
  if ((m.words[m.layout.objectAt(object) + OBJECT.WATCH] & (1 << owner)) === 0) return false;
  const kind = kindOfWindow(m, owner);
  return kind === WINDOW.DISCARD || kind === WINDOW.UNMAP || kind === WINDOW.REAP || kind === WINDOW.TRUNCATE;
}

/** At the return of a hole punch or truncation of the file page: zeros, or no page, or what was written since. */
export function settleFile(l: Asking, t: number, kind: number, object: number): void {
  const m = l.m;
  const L = m.layout;
  const index = object - L.geometry.mms * L.pages;
  const o = L.objectAt(object);
  const source = sourceOfCopy(m, object, index);
  for (let k = 0; k < PAGE_WORDS; k++) {
    const backed = source < 0 ? fileValue(m, index, k) : m.words[L.frameAt(source) + FRAME.W + k];
    const fresh = backed === 0 || writtenSince(m, t, object, k, backed) || isUnsure(m, object, k);
    const written = kind === WINDOW.PUNCH && fresh;
    const addr = addressOf(m, object);
    for (const oracle of l.oracles)
      oracle.discarded?.(l, t, addr, k, backed, written || backed === NO_ADDRESS);
    l.looks.discarded++;
    if (backed < 0) continue;
    m.words[o + OBJECT.CELL + k] = backed;
    // for whoever else has a window open it is a value that was written
    for (let u = 0; u < L.geometry.cpus; u++)
      if ((m.words[o + OBJECT.WATCH] & (1 << u)) !== 0) m.words[L.windowAt(u, object) + k] |= bitOf(backed);
  }
  if (source < 0) m.words[o + OBJECT.HOME] = m.words[L.fileAt(index) + FILE.CACHE];
}

/** The frame that is being copied to the page that the file has already (migration holds both locks); -1 for none. */
function sourceOfCopy(m: Machine, object: number, index: number): number {
  const home = m.words[m.layout.objectAt(object) + OBJECT.HOME] - 1;
  const cached = m.words[m.layout.fileAt(index) + FILE.CACHE] - 1;
  if (home < 0 || cached < 0 || home === cached) return -1;
  const owner = (frame: number): number => m.words[m.layout.frameAt(headOf(m, frame)) + FRAME.LOCK];
  return owner(home) !== 0 && owner(home) === owner(cached) ? home : -1;
}

/** The frame is a page of the file that the address maps, not a private copy. */
function showsFile(m: Machine, addr: number, frame: number): boolean {
  if (frame < 0 || !isFile(m.words[m.layout.vpage(addr) + VPAGE.VMA])) return false;
  return (m.words[m.layout.frameAt(frame) + FRAME.FLAGS] & PG.ANON) === 0;
}

/** The address maps the file's page again, which is what it is. */
function fileShows(l: Asking, addr: number, word: number, value: number): boolean {
  const m = l.m;
  const e = baseEntry(m, addr);
  if (!isPresent(e) || !showsFile(m, addr, frameFor(e, addr))) return false;
  const file = m.layout.geometry.mms * m.layout.pages + m.words[m.layout.vpage(addr) + VPAGE.PGOFF];
  return value === l.cell(file, word) || l.allowed(file, addr, word, value);
}

/** A private mapping of a file that holds no copy shows the file again. */
function adoptFile(m: Machine, at: number): void {
  if (!isFile(m.words[at + VPAGE.VMA])) return;
  m.words[at + VPAGE.OBJECT] = m.layout.geometry.mms * m.layout.pages + m.words[at + VPAGE.PGOFF] + 1;
}
