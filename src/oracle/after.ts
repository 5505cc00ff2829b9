import { TABLE, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { isHugetlb } from '../kernel/vma.js';
import { pmdIndex, pteIndex } from '../kernel/walk.js';

/** Who changed an entry after a thread last looked at it: a byte a thread, in two words of the page. */

export function after(m: Machine, addr: number, t: number): number {
  const at = m.layout.vpage(addr) + (t < 4 ? VPAGE.AFTER_LO : VPAGE.AFTER_HI);
  return (m.words[at] >>> ((t & 3) * 8)) & 255;
}

export function setAfter(m: Machine, addr: number, t: number, mask: number): void {
  const at = m.layout.vpage(addr) + (t < 4 ? VPAGE.AFTER_LO : VPAGE.AFTER_HI);
  const shift = (t & 3) * 8;
  m.words[at] = (m.words[at] & ~(255 << shift)) | (mask << shift);
}

export function addToAfter(m: Machine, addr: number, t: number): void {
  const at = m.layout.vpage(addr);
  const every = 0x01010101 << t;
  m.words[at + VPAGE.AFTER_LO] |= every;
  m.words[at + VPAGE.AFTER_HI] |= every;
  setAfter(m, addr, t, 0);
}

/**
 * The entry is none, but only for as long as the thread that cleared it, after thread t looked, holds the page-table
 * lock: its home frame still backs the page, or the entry's next value is going to name it.
 */
export function inTransit(m: Machine, addr: number, t: number): boolean {
  return transitOwner(m, addr, t) >= 0;
}

/** That thread; -1 when there is none. */
export function transitOwner(m: Machine, addr: number, t: number): number {
  const pte = pteIndex(m, addr);
  // of huge entries those of hugetlb alone migrate; others are none without the lock too, while they are zapped
  const huge = pte < 0 && isHugetlb(m.words[m.layout.vpage(addr) + VPAGE.VMA]);
  const place = huge ? pmdIndex(m, addr) : pte;
  if (place < 0 || m.words[place] !== 0) return -1;
  const L = m.layout;
  const table = Math.floor((place - L.table) / TABLE.SIZE);
  const owner = m.words[L.tableAt(table) + TABLE.LOCK] - 1;
  return owner >= 0 && owner !== t && (after(m, addr, t) & (1 << owner)) !== 0 ? owner : -1;
}
