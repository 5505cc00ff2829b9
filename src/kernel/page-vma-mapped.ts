import { PTES_PER_PMD } from '../machine/geometry.js';
import { FRAME, TABLE, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value } from '../machine/verb.js';
import { constant } from '../program/build.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { frameOf, isPresent, KIND_DEVICE_PRIVATE, KIND_MIGRATION, kindOf } from './entry.js';
import { spinLock } from './locks.js';
import { PG } from './page.js';
import { pmdIndex, pteIndex, tableAtPlace } from './walk.js';

/**
 * The walk from a page to the entries that map it: mm/page_vma_mapped.c and rmap_walk of mm/rmap.c, v4.14. Huge pages
 * other than hugetlb are left out: whoever calls this has a base page, or one of hugetlbfs.
 */

const SYNC = 1;
const MIGRATION = 2;
/** Take the page-table lock even where the entry looks as if it did not map the page. */
export const PVMW_SYNC = constant('PVMW_SYNC', SYNC);
/** Look for migration entries, not for present ones. */
export const PVMW_MIGRATION = constant('PVMW_MIGRATION', MIGRATION);
export const PVMW_NONE = constant('0', 0);

/** check_pte: the entry maps the page, or is what stands for it. */
function maps(entry: number, page: number, flags: number): boolean {
  if (frameOf(entry) !== page || entry === 0) return false;
  if ((flags & MIGRATION) !== 0) return kindOf(entry) === KIND_MIGRATION;
  return isPresent(entry) || kindOf(entry) === KIND_DEVICE_PRIVATE;
}

/** map_pte: without PVMW_SYNC an entry of another sort is passed by without its lock. */
function plausible(entry: number, flags: number): boolean {
  if ((flags & SYNC) !== 0) return true;
  if ((flags & MIGRATION) !== 0) return kindOf(entry) === KIND_MIGRATION;
  return isPresent(entry) || kindOf(entry) === KIND_DEVICE_PRIVATE;
}

/** A hugetlb page: its PMD entry, always with the lock of the table (huge_pte_offset, huge_pte_lockptr). */
function walkHuge(m: Machine, t: number, page: number, addr: number, flags: number, out: number): number {
  const pmd = pmdIndex(m, addr);
  if (pmd < 0) return NO;
  const lock = m.layout.tableAt(tableAtPlace(m, pmd)) + TABLE.LOCK;
  if (m.words[lock] !== 0) return BLOCKED;
  if (!maps(m.words[pmd], page, flags)) return NO;
  spinLock(m, t, lock);
  m.words[out] = pmd;
  const first = addr & ~(PTES_PER_PMD - 1);
  for (let i = 0; i < PTES_PER_PMD; i++) m.observer.entryLooked(m, t, first + i);
  return DONE;
}

/**
 * Holds, with the page-table lock taken, if the PTE of `addr` maps the page. The look without the lock and the one under
 * it are one step: they differ only where the entry changes between them, and then the second decides.
 */
export const page_vma_mapped_walk = test(
  'page_vma_mapped_walk',
  ['page', 'addr', 'flags', '>pte'],
  (m, t, page, addr, flags, out) => {
    if ((m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.HUGETLB) !== 0)
      return walkHuge(m, t, page, addr, flags, out);
    const pte = pteIndex(m, addr);
    if (pte < 0 || !plausible(m.words[pte], flags)) return NO;
    const table = Math.floor((pte - m.layout.table) / TABLE.SIZE);
    const lock = m.layout.tableAt(table) + TABLE.LOCK;
    if (m.words[lock] !== 0) return BLOCKED;
    if (!maps(m.words[pte], page, flags)) return NO;
    spinLock(m, t, lock);
    m.words[out] = pte;
    m.observer.entryLooked(m, t, addr);
    return DONE;
  },
  { effect: { does: 'take', resource: 'ptl', of: 3 } },
);

/** The lock that keeps the vmas of the page still: its anon_vma's, or the i_mmap_rwsem of its file. */
export const rmap_rwsem = value('rmap_rwsem', ['page'], (m, _t, page) => {
  const L = m.layout;
  const at = L.frameAt(page);
  if ((m.words[at + FRAME.FLAGS] & PG.ANON) !== 0) return L.anonVma;
  if ((m.words[at + FRAME.FLAGS] & PG.HUGETLB) !== 0) return L.hugetlbMmap + 1;
  return L.iMmap + (m.words[at + FRAME.INDEX] >> 2);
});

/** The vma that the rmap reached the address by, also one that the mm has detached already. */
export const rmap_vma = value(
  'rmap_vma',
  ['addr'],
  (m, _t, addr) => m.words[m.layout.vpage(addr) + VPAGE.VMA],
);
