import { FIRST_FRAME } from '../machine/geometry.js';
import { MM, TABLE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { FRAME_SHIFT, PTE } from '../kernel/entry.js';

/** Reads page tables while a world is set up. */

/** PTE of `addr`, 0 when its PMD is none or huge. */
export function entryAt(m: Machine, addr: number): number {
  const { layout: L, words: w } = m;
  const mm = addr >> L.pagesShift;
  const page = addr & (L.pages - 1);
  const pmds = w[L.mmAt(mm) + MM.PUD + (page >> 3)] - 1;
  if (pmds < 0) return 0;
  const pmd = w[L.tableAt(pmds) + TABLE.ENTRY + ((page >> 2) & 1)];
  return pmd === 0 || (pmd & PTE.HUGE) !== 0
    ? 0
    : w[L.tableAt(pmd >>> FRAME_SHIFT) + TABLE.ENTRY + (page & 3)];
}

/** Frame mapped at `addr`, huge or not; -1 when none is. */
export function mappedFrame(m: Machine, addr: number): number {
  const { layout: L, words: w } = m;
  const mm = addr >> L.pagesShift;
  const page = addr & (L.pages - 1);
  const pmds = w[L.mmAt(mm) + MM.PUD + (page >> 3)] - 1;
  if (pmds < 0) return -1;
  const pmd = w[L.tableAt(pmds) + TABLE.ENTRY + ((page >> 2) & 1)];
  if ((pmd & PTE.HUGE) !== 0) {
    const head = pmd >>> FRAME_SHIFT;
    return head < FIRST_FRAME ? head : head + (page & 3);
  }
  const e = entryAt(m, addr);
  return (e & PTE.PRESENT) !== 0 ? e >>> FRAME_SHIFT : -1;
}
