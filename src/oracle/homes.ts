import { PAGE_WORDS } from '../machine/geometry.js';
import { FRAME, OBJECT, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { bitOf } from '../machine/values.js';
import { PG } from '../kernel/page.js';
import { VMA_FILE_PRIVATE, vmaKind } from '../kernel/vma.js';
import { frameFor } from '../kernel/walk.js';
import type { Asking } from './asking.js';
import { addressOf } from './backing.js';
import { adoptWindows } from './file-windows.js';
import { COPIED, detachPins, DISCARDABLE, DROPPED, openOn, spareObject } from './objects.js';
import { unprotect } from './tracking.js';
import { discarding, keepDropped, noteWrite } from './windows.js';

/** Which frame a page lives in: installs, copies, migrations, drops. */

/** The entry now names `frame`: it becomes the page's home, or makes the page a private copy. */
export function install(l: Asking, m: Machine, t: number, addr: number, before: number, frame: number): void {
  const w = m.words;
  const L = m.layout;
  const at = L.vpage(addr);
  let object = w[at + VPAGE.OBJECT] - 1;
  if (object < 0) return;
  const files = L.geometry.mms * L.pages;
  const anonymous = (w[L.frameAt(frame) + FRAME.FLAGS] & PG.ANON) !== 0;
  if (object >= files && vmaKind(w[at + VPAGE.VMA]) === VMA_FILE_PRIVATE && anonymous) {
    object = spareObject(m, addr);
    w[at + VPAGE.OBJECT] = object + 1;
    const o = L.objectAt(object);
    for (let k = 0; k < PAGE_WORDS; k++) w[o + OBJECT.CELL + k] = w[L.frameAt(frame) + FRAME.W + k]!;
    w[o + OBJECT.HOME] = frame + 1;
    adoptWindows(m, object, addr);
    return;
  }
  if (before === 0 && anonymous && copiesFile(m, object, addr, frame)) return;
  if (object < files) keepDropped(m, t, object, addr);
  moveIn(l, m, t, object, addr, frame);
}

/** The page that comes in place of a swap entry is its home before the entry says so. */
export function swapIn(l: Asking, m: Machine, t: number, addr: number, frame: number): void {
  const object = m.words[m.layout.vpage(addr) + VPAGE.OBJECT] - 1;
  if (object >= 0) moveIn(l, m, t, object, addr, frame);
}

function moveIn(l: Asking, m: Machine, t: number, object: number, addr: number, frame: number): void {
  const o = m.layout.objectAt(object);
  if (m.words[o + OBJECT.HOME] === frame + 1) return;
  if (!discarding(m, object)) {
    for (const oracle of l.oracles) oracle.installing?.(l, t, addr, frame);
    l.looks.installing++;
  }
  m.words[o + OBJECT.HOME] = frame + 1;
}

/** A discardable page loses its entry: from here on this operation may turn it into zeros. */
export function noteDrop(m: Machine, t: number, addr: number, before: number): void {
  const object = m.words[m.layout.vpage(addr) + VPAGE.OBJECT] - 1;
  if (object < 0 || t >= m.layout.geometry.cpus) return;
  const o = m.layout.objectAt(object);
  if ((m.words[o + OBJECT.STATE] & DISCARDABLE) === 0) return;
  if (m.words[o + OBJECT.HOME] !== frameFor(before, addr) + 1 || (m.words[o + OBJECT.WATCH] & (1 << t)) !== 0)
    return;
  openOn(m, t, object);
  unprotect(m, addr, 1); // what comes after a dropped page is not write-protected
}

/** The frame's last reference went away: objects that still live in it leave memory. */
export function leave(l: Asking, m: Machine, t: number, frame: number): void {
  const L = m.layout;
  for (let object = 0; object < L.objects; object++) {
    const o = L.objectAt(object);
    if (m.words[o + OBJECT.HOME] !== frame + 1) continue;
    m.words[o + OBJECT.HOME] = 0;
    if (discarding(m, object)) continue;
    for (const oracle of l.oracles) oracle.leaving?.(l, t, object, frame);
    l.looks.leaving++;
  }
}

/** The operation of t is about to drop the private page at the address, as a discard. */
export function drop(m: Machine, t: number, addr: number): void {
  const at = m.layout.vpage(addr);
  const object = m.words[at + VPAGE.OBJECT] - 1;
  if (object < 0) m.words[at + VPAGE.TRACK] |= DROPPED;
  // what a mapping of a file shows stays in the file
  if (object < 0 || object >= m.layout.geometry.mms * m.layout.pages) return;
  m.words[m.layout.objectAt(object) + OBJECT.STATE] |= DISCARDABLE;
  openOn(m, t, object);
  unprotect(m, addr, 1);
}

/** A copy of the frame takes its place: a new home, with the contents of the cells. */
export function migrate(l: Asking, m: Machine, t: number, from: number, to: number): void {
  const L = m.layout;
  for (let object = 0; object < L.objects; object++) {
    const o = L.objectAt(object);
    if (m.words[o + OBJECT.HOME] !== from + 1) continue;
    m.words[o + OBJECT.HOME] = to + 1;
    const addr = addressOf(m, object);
    if (addr < 0 || discarding(m, object)) continue;
    for (const oracle of l.oracles) oracle.installing?.(l, t, addr, to);
    l.looks.installing++;
  }
}

/** The contents of the page become those of the frame, by purpose. */
export function rewrite(m: Machine, addr: number, frame: number): void {
  const object = m.words[m.layout.vpage(addr) + VPAGE.OBJECT] - 1;
  if (object < 0) return;
  const files = m.layout.geometry.mms * m.layout.pages;
  if (object >= files) return; // a private copy is made by the install that follows
  detachPins(m, object);
  for (let k = 0; k < PAGE_WORDS; k++) {
    const value = m.words[m.layout.frameAt(frame) + FRAME.W + k];
    m.words[m.layout.objectAt(object) + OBJECT.CELL + k] = value;
    noteWrite(m, object, k, bitOf(value));
  }
}

/** `to` names what `from` names; with `done`, `from` names nothing any more. */
export function rename(m: Machine, from: number, to: number, done: boolean): void {
  const w = m.words;
  const a = m.layout.vpage(from) + VPAGE.OBJECT;
  const b = m.layout.vpage(to) + VPAGE.OBJECT;
  w[b] = w[a]!;
  w[m.layout.vpage(to) + VPAGE.TRACK] = 0;
  if (!done) return;
  w[a] = 0;
  w[m.layout.vpage(from) + VPAGE.TRACK] = 0;
}

/** Where a discarded private copy was, a fault copied the file's page anew: what the copy read is as good as written. */
function copiesFile(m: Machine, object: number, addr: number, frame: number): boolean {
  if (vmaKind(m.words[m.layout.vpage(addr) + VPAGE.VMA]) !== VMA_FILE_PRIVATE) return false;
  const o = m.layout.objectAt(object);
  const watch = m.words[o + OBJECT.WATCH];
  if (watch === 0 || m.words[o + OBJECT.HOME] === frame + 1 || !discarding(m, object)) return false;
  for (let k = 0; k < PAGE_WORDS; k++) {
    const copied = m.words[m.layout.frameAt(frame) + FRAME.W + k];
    m.words[o + OBJECT.CELL + k] = copied;
    for (let t = 0; t < m.layout.geometry.cpus; t++)
      if ((watch & (1 << t)) !== 0) m.words[m.layout.windowAt(t, object) + k] |= bitOf(copied);
  }
  for (let t = 0; t < m.layout.geometry.cpus; t++)
    if ((watch & (1 << t)) !== 0) m.words[m.layout.windowAt(t, object)] |= COPIED;
  m.words[o + OBJECT.HOME] = frame + 1;
  return true;
}
