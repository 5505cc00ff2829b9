import { PTES_PER_PMD } from '../machine/geometry.js';
import { DEVICE, FRAME } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { frameOf, PTE } from './entry.js';
import { PG } from './page.js';
import { SEQ } from './subscriber.js';
import { headOf } from './walk.js';

/**
 * The words of a page table that a driver keeps for its device: those of the device's TLB. The verbs are in
 * kernel/shadow, kernel/kvm and kernel/umem-odp.
 */

/** The sequence count moves: a fault that has read it must try again. */
export function moveSeq(m: Machine, mn: number): void {
  const at = m.layout.deviceAt(mn) + DEVICE.SEQ;
  if ((m.words[at] & SEQ.MASK) !== SEQ.IDLE) m.words[at] = (m.words[at] & ~SEQ.MASK) | SEQ.MOVED;
}

/** The page has no references to count: the zero page, a DAX pfn. */
export function isReserved(m: Machine, frame: number): boolean {
  return (m.words[m.layout.frameAt(headOf(m, frame)) + FRAME.FLAGS] & PG.RESERVED) !== 0;
}

/** Drops one shadow entry; a page that was written through it becomes dirty (kvm_set_pfn_dirty, set_page_dirty). */
export function zapEntry(m: Machine, at: number): void {
  const e = m.words[at];
  m.words[at] = 0;
  if ((e & PTE.DIRTY) === 0 || (e & PTE.FREED) !== 0 || isReserved(m, frameOf(e))) return;
  m.words[m.layout.frameAt(headOf(m, frameOf(e))) + FRAME.FLAGS] |= PG.DIRTY;
}

/** Drops the shadow entries of [start, start + count). */
export function zapShadow(m: Machine, mn: number, start: number, count: number): void {
  const L = m.layout;
  const tlb = L.tlbAt(L.geometry.cpus + mn);
  const first = start & (L.pages - 1);
  const last = Math.min(first + count, L.pages) - 1;
  for (let p = first; p <= last; p++) zapEntry(m, tlb + p);
  if (last < first) return;
  const huge = tlb + L.pages;
  for (let h = Math.floor(first / PTES_PER_PMD); h <= Math.floor(last / PTES_PER_PMD); h++)
    zapEntry(m, huge + h);
}

/** A write that the device issued through an entry of the range has not landed. */
export function isInFlight(m: Machine, mn: number, start: number, count: number): boolean {
  const at = m.words[m.layout.deviceAt(mn) + DEVICE.POST_AT] - 1;
  return at >= start && at < start + count;
}
