import { FILE, FRAME, OBJECT, SWAP, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import {
  frameOf,
  isPresent,
  KIND_DEVICE_PRIVATE,
  KIND_HWPOISON,
  KIND_MIGRATION,
  KIND_SWAP,
  kindOf,
} from '../kernel/entry.js';
import { BEYOND_I_SIZE } from '../kernel/filemap.js';
import { isReapedAt } from '../kernel/oom.js';
import { PG } from '../kernel/page.js';
import { baseEntry, frameFor } from '../kernel/walk.js';
import { isCow, isFile } from '../kernel/vma.js';

/** What a fresh reader with an empty TLB would get, faulting nothing in. */

export const POISON = -2;
export const NO_ADDRESS = -1;

/** Contents of word `word` at `addr` now; {@link NO_ADDRESS} without a vma, {@link POISON} for a poisoned page. */
export function backedValue(m: Machine, addr: number, word: number): number {
  const w = m.words;
  const L = m.layout;
  const at = L.vpage(addr);
  const vma = w[at + VPAGE.VMA];
  if (vma === 0) return NO_ADDRESS;
  const e = baseEntry(m, addr);
  if (e === 0) {
    if (isReapedAt(m, addr, vma)) return NO_ADDRESS;
    if (!isFile(vma)) return 0;
    if (isCachedPoison(m, w[at + VPAGE.PGOFF])) return POISON;
    return fileValue(m, w[at + VPAGE.PGOFF], word);
  }
  if (isPresent(e) || isInvalidated(e)) return w[L.frameAt(frameFor(e, addr)) + FRAME.W + word];
  if (kindOf(e) === KIND_SWAP) {
    const slot = L.swapAt(frameOf(e));
    if (m.words[slot + SWAP.COUNT] === 0) return inHand(m, addr, word);
    const cached = swapCached(m, frameOf(e));
    if (cached === -2) return POISON;
    return cached < 0 ? w[slot + SWAP.S + word] : w[L.frameAt(cached) + FRAME.W + word];
  }
  if (kindOf(e) === KIND_MIGRATION)
    return w[L.frameAt(frameOf(e) + (isWholeHuge(m, e) ? addr & 3 : 0)) + FRAME.W + word];
  if (kindOf(e) === KIND_DEVICE_PRIVATE) return w[L.frameAt(frameOf(e)) + FRAME.W + word];
  if (kindOf(e) === KIND_HWPOISON) return POISON;
  return NO_ADDRESS;
}

/** The entry names a slot that is free: whoever holds its lock has the page in hand (promise_swapped_in). */
function inHand(m: Machine, addr: number, word: number): number {
  const object = m.words[m.layout.vpage(addr) + VPAGE.OBJECT] - 1;
  const home = object < 0 ? -1 : m.words[m.layout.objectAt(object) + OBJECT.HOME] - 1;
  return home < 0 ? NO_ADDRESS : m.words[m.layout.frameAt(home) + FRAME.W + word];
}

/** Frame with the slot's contents in the swap cache; -1 when the slot itself has them, -2 when an error took them. */
function swapCached(m: Machine, slot: number): number {
  const cached = m.words[m.layout.swapAt(slot) + SWAP.CACHE] - 1;
  if (cached < 0) return -1;
  const flags = m.words[m.layout.frameAt(cached) + FRAME.FLAGS];
  if ((flags & PG.NOT_UPTODATE) === 0) return cached;
  return (flags & PG.HWPOISON) !== 0 ? -2 : -1;
}

/** Between pmdp_invalidate and the entry's next value: not present, and the frame is still its own. */
function isInvalidated(e: number): boolean {
  return e !== 0 && !isPresent(e) && kindOf(e) === 0;
}

/** A PMD migration entry names the head; its pages follow. */
function isWholeHuge(_m: Machine, e: number): boolean {
  return (e & 16) !== 0;
}

/** A hardware error took the file's page, and the page cache still has it: a fault finds that out. */
function isCachedPoison(m: Machine, index: number): boolean {
  const cached = m.words[m.layout.fileAt(index) + FILE.CACHE] - 1;
  return cached >= 0 && isPoisoned(m, cached);
}

/** Contents of a file page: its page cache page, or its storage; {@link NO_ADDRESS} beyond the file's end. */
export function fileValue(m: Machine, index: number, word: number): number {
  if (isCutOff(m, index)) return NO_ADDRESS;
  const file = m.layout.fileAt(index);
  const cached = m.words[file + FILE.CACHE];
  return cached === 0
    ? m.words[file + FILE.S + word]
    : m.words[m.layout.frameAt(cached - 1) + FRAME.W + word];
}

/** The file ends before the page. */
export function isCutOff(m: Machine, index: number): boolean {
  return (m.words[m.layout.fileAt(index) + FILE.TAGS] & BEYOND_I_SIZE) !== 0;
}

/** Frame that backs `addr` now, present or under migration or in the swap cache; -1 when none does. */
export function backingFrame(m: Machine, addr: number): number {
  const e = baseEntry(m, addr);
  if (isPresent(e) || isInvalidated(e)) return frameFor(e, addr);
  if (kindOf(e) === KIND_MIGRATION) return frameOf(e) + (isWholeHuge(m, e) ? addr & 3 : 0);
  if (kindOf(e) === KIND_DEVICE_PRIVATE) return frameOf(e);
  if (kindOf(e) === KIND_SWAP) return Math.max(swapCached(m, frameOf(e)), -1);
  return -1;
}

/** A hardware error took the frame: whether an access still reaches it is a matter of timing. */
export function isPoisoned(m: Machine, frame: number): boolean {
  return (m.words[m.layout.frameAt(frame) + FRAME.FLAGS] & PG.HWPOISON) !== 0;
}

/** A hardware error took the frame, and the object has moved on: what it shows and takes is nobody's. */
export function isLost(m: Machine, object: number, frame: number): boolean {
  return isPoisoned(m, frame) && m.words[m.layout.objectAt(object) + OBJECT.HOME] !== frame + 1;
}

/** The address that names the object, -1 when none does; of two (mremap) the one that has an entry, or else a vma. */
export function addressOf(m: Machine, object: number): number {
  const L = m.layout;
  const total = L.geometry.mms * L.pages;
  let found = -1;
  let best = -1;
  for (let addr = 0; addr < total; addr++) {
    const at = L.vpage(addr);
    if (m.words[at + VPAGE.OBJECT] !== object + 1) continue;
    const weight = (m.words[at + VPAGE.VMA] === 0 ? 0 : 1) + (baseEntry(m, addr) === 0 ? 0 : 2);
    if (weight <= best) continue;
    found = addr;
    best = weight;
  }
  return found;
}

export function cell(m: Machine, object: number, word: number): number {
  return m.words[m.layout.objectAt(object) + OBJECT.CELL + word];
}

/** True when the vma at the address gives private copies. */
export function isPrivate(m: Machine, addr: number): boolean {
  return isCow(m.words[m.layout.vpage(addr) + VPAGE.VMA]);
}
