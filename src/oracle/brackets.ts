import { DEVICE, MM, RANGE_ROOM, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { MARK } from '../machine/observer.js';
import { isPresent, KIND_DETACHED, kindOf, PTE } from '../kernel/entry.js';
import { RULE } from '../kernel/rules.js';
import { STATE, SUBSCRIBER } from '../kernel/subscriber.js';
import { baseEntry, frameFor, pmdIndex, tablePlace } from '../kernel/walk.js';
import { breach } from './breach.js';
import type { Judge } from './judge.js';

/**
 * Subscribers that follow brackets alone rely on every change of an entry that takes something away to be inside one,
 * or, up to v4.12, to be told by invalidate_page before the operation returns.
 */

/** Hot when such subscribers are there. `before` became `after`, which gives less. */
export function changedOutside(l: Judge, t: number, addr: number, before: number, after: number): void {
  const { m } = l;
  const w = m.words;
  const mm = m.layout.mmAt(addr >> m.layout.pagesShift);
  if ((w[mm + MM.NOTIFIERS] | w[mm + MM.ITREE]) === 0) return;
  if (!takesAway(before, after, addr) || !wasAccessible(m, addr, before)) return;
  if (subscriberOf(m, addr) < 0) return;
  for (let u = 0; u < m.layout.threads; u++) if (isInside(m, u, addr)) return;
  if (m.code.model.era === '4.4-4.12') {
    owe(m, t, addr, before);
    return;
  }
  const empty = hasEmptyRange(m, t);
  breach(
    l,
    t,
    addr,
    `${lossText(before, after, addr)} at page ${addr} ${empty ? 'in a bracket over no pages' : 'outside every open bracket'}, while subscriber ${subscriberOf(m, addr)} relies on brackets`,
    empty ? RULE.EMPTY : RULE.BRACKET,
    empty ? MARK.START : MARK.END,
  );
}

const OWED_WRITE = 1 << 8;

/** VPAGE.OWED: who took something away in bits 0 to 7, then the frame and the right that went last. */
function owe(m: Machine, t: number, addr: number, before: number): void {
  const at = m.layout.vpage(addr) + VPAGE.OWED;
  const right = (before & PTE.WRITE) === 0 ? 0 : OWED_WRITE;
  m.words[at] = (m.words[at] & 255) | (1 << t) | right | (frameFor(before, addr) << 16);
}

/** The entry gives again what was taken away: an unmapping that failed puts it back. */
function isBack(m: Machine, addr: number, owed: number): boolean {
  const now = baseEntry(m, addr);
  if (!isPresent(now) || (now & PTE.PROTNONE) !== 0 || frameFor(now, addr) !== owed >>> 16) return false;
  return (owed & OWED_WRITE) === 0 || (now & PTE.WRITE) !== 0;
}

/** Subscribers heard of [start, start + count) from thread t. */
export function paid(l: Judge, t: number, start: number, count: number): void {
  if (l.m.code.model.era !== '4.4-4.12') return;
  for (let i = 0; i < count; i++) {
    const at = l.m.layout.vpage(start + i) + VPAGE.OWED;
    const left = l.m.words[at] & ~(1 << t);
    l.m.words[at] = (left & 255) === 0 ? 0 : left;
  }
}

export function owesAtReturn(l: Judge, t: number): void {
  const { layout: L, words: w } = l.m;
  if (l.m.code.model.era !== '4.4-4.12') return;
  const total = L.geometry.mms * L.pages;
  for (let addr = 0; addr < total; addr++) {
    const at = L.vpage(addr) + VPAGE.OWED;
    if ((w[at] & (1 << t)) === 0) continue;
    const lost = w[at];
    w[at] = (lost & 255 & ~(1 << t)) === 0 ? 0 : lost & ~(1 << t);
    if (subscriberOf(l.m, addr) < 0 || isBack(l.m, addr, lost)) continue;
    breach(
      l,
      t,
      addr,
      `an operation returns that took something away at page ${addr}, and no invalidate_page or range told subscriber ${subscriberOf(l.m, addr)}`,
      RULE.INVALIDATE_PAGE,
      MARK.END,
    );
  }
}

function takesAway(before: number, after: number, addr: number): boolean {
  if (!isPresent(before) || (before & PTE.PROTNONE) !== 0) return false;
  if (!isPresent(after) || (after & PTE.PROTNONE) !== 0) return true;
  return frameFor(before, addr) !== frameFor(after, addr) || (before & ~after & PTE.WRITE) !== 0;
}

/** Hardware could reach the entry: khugepaged's table is out of the page table once it has been taken out. */
function wasAccessible(m: Machine, addr: number, before: number): boolean {
  const pmd = pmdIndex(m, addr);
  if (pmd < 0 || kindOf(m.words[pmd]) !== KIND_DETACHED) return true;
  return m.words[tablePlace(m, pmd, addr)] === before; // the step that takes it out leaves the entry in it
}

/** Thread u has a bracket open that holds the page. One that has too many to be noted may have. */
function isInside(m: Machine, u: number, addr: number): boolean {
  const at = m.layout.threadAt(u);
  const open = m.words[at + THREAD.RANGES];
  if (open > RANGE_ROOM) return true;
  for (let i = 0; i < open; i++) {
    const range = m.words[at + THREAD.RANGE + i];
    const start = range & 0xffff;
    if (addr >= start && addr < start + (range >> 16)) return true;
  }
  return false;
}

function hasEmptyRange(m: Machine, t: number): boolean {
  const at = m.layout.threadAt(t);
  const open = Math.min(m.words[at + THREAD.RANGES], RANGE_ROOM);
  for (let i = 0; i < open; i++) if (m.words[at + THREAD.RANGE + i] >> 16 <= 0) return true;
  return false;
}

/** A subscriber of the page's mm that follows brackets, -1 for none. */
function subscriberOf(m: Machine, addr: number): number {
  for (let d = 0; d < m.layout.geometry.devices; d++) {
    const at = m.layout.deviceAt(d);
    const listed =
      (m.words[at + DEVICE.STATE] & STATE.LISTED) !== 0 && m.words[at + DEVICE.KIND] !== SUBSCRIBER.SVA;
    if (listed && m.words[at + DEVICE.MM] === addr >> m.layout.pagesShift) return d;
  }
  return -1;
}

function lossText(before: number, after: number, addr: number): string {
  const frame = frameFor(before, addr);
  if (!isPresent(after)) return `the entry of frame ${frame} goes away`;
  if (frameFor(after, addr) !== frame) return `frame ${frame} gives way to frame ${frameFor(after, addr)}`;
  return `frame ${frame} loses a right`;
}
