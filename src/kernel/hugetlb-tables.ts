import { PMDS_PER_PUD, PTES_PER_PMD } from '../machine/geometry.js';
import { MM, TABLE, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { constant } from '../program/build.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { spinLock, spinUnlock } from './locks.js';
import { allocTable, ptlOf } from './pgtable.js';
import { EXITING, VM, VMA_HUGETLB_SHARED, vmaKind } from './vma.js';
import { narrow, pmdIndex, pmdTable, pudAt, tableAtPlace } from './walk.js';

/**
 * Tables of PMDs of hugetlb mappings, which several mms may share: mm/hugetlb.c, CONFIG_ARCH_WANT_HUGE_PMD_SHARE, v4.14.
 * What is shared is the table under a PUD entry; its users are counted in the table (the page's reference count).
 * `ptep` is the place of a PMD entry, which hugetlb calls a PTE; 0 is NULL.
 */

const P = { private: true } as const;
const PAGES_PER_PUD = PMDS_PER_PUD * PTES_PER_PMD;
const yes = (holds: boolean): number => (holds ? DONE : NO);

/** Base pages of a PUD region. */
export const PUD_SIZE = constant('PUD_SIZE', PAGES_PER_PUD);
/** First page of the PUD region of the address. */
export const pud_start = value('PUD_MASK', ['addr'], (_m, _t, addr) => addr & ~(PAGES_PER_PUD - 1));
const firstOf = (addr: number): number => addr & ~(PAGES_PER_PUD - 1);

/** Place of the entry of `addr`, by a walk without a lock; 0 when the PUD is none. */
export const huge_pte_offset = verb('huge_pte_offset', ['addr', '>ptep'], (m, _t, addr, out) => {
  m.words[out] = Math.max(0, pmdIndex(m, addr));
  return DONE;
});
/** The PUD entry is none. */
export const pud_none = test('pud_none', ['addr'], (m, _t, addr) => yes(m.words[pudAt(m, addr)] === 0));

/**
 * Takes the lock of the table that holds the place. The table may be another mm's by now; when it was freed, the kernel
 * walks through a freed page.
 */
export const huge_pte_lock = verb(
  'huge_pte_lock',
  ['addr', 'ptep'],
  (m, t, addr, ptep) => {
    const table = m.layout.tableAt(tableAtPlace(m, ptep));
    if (m.words[table + TABLE.KIND] !== 2) m.observer.walkedFreed(m, t, addr, true);
    const answer = spinLock(m, t, ptlOf(m, ptep));
    if (answer === DONE) {
      const first = addr & ~(PTES_PER_PMD - 1);
      for (let i = 0; i < PTES_PER_PMD; i++) m.observer.entryLooked(m, t, first + i);
    }
    return answer;
  },
  { lock: 'take', effect: { does: 'take', resource: 'pmd_lock', of: 0 } },
);
/** Releases it. The static checks know the lock by the address: places come from many steps. */
export const huge_pte_unlock = verb(
  'spin_unlock',
  ['ptep'],
  (m, t, ptep) => spinUnlock(m, t, ptlOf(m, ptep)),
  {
    lock: 'release',
    effect: { does: 'release', resource: 'pmd_lock' },
  },
);

/** One vma covers the whole PUD region of the address: equal words with consecutive offsets. */
function coversPud(m: Machine, addr: number): boolean {
  const first = firstOf(addr);
  const at = m.layout.vpage(first);
  const vma = m.words[at + VPAGE.VMA];
  for (let i = 1; i < PAGES_PER_PUD; i++) {
    const next = m.layout.vpage(first + i);
    if (m.words[next + VPAGE.VMA] !== vma) return false;
    if (m.words[next + VPAGE.PGOFF] !== m.words[at + VPAGE.PGOFF] + i) return false;
  }
  return vma !== 0;
}
/** The table under the PUD entry of `addr` can be shared: a shared mapping (VM_MAYSHARE) covers the whole region. */
export const vma_shareable = test('vma_shareable', ['addr'], (m, _t, addr) =>
  yes(vmaKind(m.words[m.layout.vpage(addr) + VPAGE.VMA]) === VMA_HUGETLB_SHARED && coversPud(m, addr)),
);

/**
 * Another mapping of the same part of the file, with the same flags, that has a table: `spte` is its entry for `addr`, and
 * the table has one user more (vma_interval_tree_foreach, page_table_shareable, get_page). i_mmap_rwsem is held.
 */
export const huge_pmd_shareable = test(
  'page_table_shareable',
  ['addr', '>spte'],
  (m, _t, addr, out) => {
    const { words: w, layout: L } = m;
    const own = L.vpage(firstOf(addr));
    for (let first = 0; first < L.geometry.mms * L.pages; first += PAGES_PER_PUD) {
      const at = L.vpage(first);
      if (at === own || w[at + VPAGE.VMA] !== w[own + VPAGE.VMA] || (w[at + VPAGE.VMA] & VM.LINKED) === 0)
        continue;
      if (w[at + VPAGE.PGOFF] !== w[own + VPAGE.PGOFF] || !coversPud(m, first)) continue;
      // __unmap_hugepage_range_final has taken VM_MAYSHARE from a vma that is torn down
      if (w[L.mmAt(first >> L.pagesShift) + MM.EXIT] >= EXITING) continue;
      const spte = pmdIndex(m, first + (addr & (PAGES_PER_PUD - 1)));
      if (spte < 0) continue;
      w[L.tableAt(pmdTable(m, first)) + TABLE.COUNT]++;
      w[out] = spte;
      return DONE;
    }
    return NO;
  },
  { effect: { does: 'take', resource: 'table_ref', of: 1 } },
);

/** Every page of the PUD region of `addr` gets, or loses, what the table's entries map. */
function regionChanged(m: Machine, t: number, addr: number, table: number, gains: boolean): void {
  const first = firstOf(addr);
  for (let i = 0; i < PAGES_PER_PUD; i++) {
    const e = m.words[m.layout.tableAt(table) + TABLE.ENTRY + ((i / PTES_PER_PMD) | 0)];
    if (e === 0) continue;
    const base = narrow(e, first + i);
    m.observer.entryChanged(m, t, first + i, gains ? 0 : base, gains ? base : 0);
  }
}

/** The PUD entry of `addr` points at the table of `spte` from here on; the reference was taken before. */
export const pud_populate = verb(
  'pud_populate',
  ['addr', 'spte'],
  (m, t, addr, spte) => {
    const table = tableAtPlace(m, spte);
    m.words[pudAt(m, addr)] = table + 1;
    regionChanged(m, t, addr, table, true);
    return DONE;
  },
  { effect: { does: 'release', resource: 'table_ref', of: 1 } },
);
/** mm->page_table_lock of the mm that the address lies in: under it a PUD entry gets its table of PMDs. */
export const page_table_lock = value('page_table_lock', ['addr'], (m, _t, addr) => pageTableLock(m, addr));
const pageTableLock = (m: Machine, addr: number): number =>
  m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PAGE_TABLE_LOCK;
export const spin_lock = verb('spin_lock', ['lock'], spinLock, {
  lock: 'take',
  effect: { does: 'take', resource: 'page_table_lock', of: 0 },
});
export const spin_unlock = verb('spin_unlock', ['lock'], spinUnlock, {
  lock: 'release',
  effect: { does: 'release', resource: 'page_table_lock', of: 0 },
});

/** Drops the reference on the table that nobody needs. */
export const put_shared_table = verb(
  'put_page',
  ['spte'],
  (m, _t, spte) => {
    m.words[m.layout.tableAt(tableAtPlace(m, spte)) + TABLE.COUNT]--;
    return DONE;
  },
  { effect: { does: 'release', resource: 'table_ref', of: 0 } },
);

/**
 * The place of the entry of `addr`, in a new table if the PUD entry is none; 0 when there is no page for it. The step is
 * what __pmd_alloc does under mm->page_table_lock, so it waits for whoever holds it.
 */
export const huge_pmd_alloc = verb('pmd_alloc', ['addr', '>ptep'], (m, _t, addr, out) => {
  if (m.words[pudAt(m, addr)] === 0 && m.words[pageTableLock(m, addr)] !== 0) return BLOCKED;
  ensurePmdTable(m, addr);
  m.words[out] = Math.max(0, pmdIndex(m, addr));
  return DONE;
});

/** A table of PMDs for the address, if its PUD entry is none (pud_populate of a new page). */
export function ensurePmdTable(m: Machine, addr: number): void {
  const pud = pudAt(m, addr);
  if (m.words[pud] !== 0) return;
  const table = allocTable(m);
  if (table < 0) return;
  m.words[m.layout.tableAt(table) + TABLE.KIND] = 2;
  m.words[pud] = table + 1;
}

/**
 * Takes a shared table out of the page table of `addr`: the PUD entry is cleared and the table has a user less. NO when it
 * has no other user. The table's lock is held.
 */
export const huge_pmd_unshare = test('huge_pmd_unshare', ['addr', 'ptep'], (m, t, addr, ptep) => {
  const table = tableAtPlace(m, ptep);
  const count = m.layout.tableAt(table) + TABLE.COUNT;
  if (m.words[count] === 1) return NO;
  m.words[pudAt(m, addr)] = 0;
  m.words[count]--;
  regionChanged(m, t, addr, table, false);
  return DONE;
});

/**
 * The range grows to the PUD regions that it touches, where their tables may be shared; a region that the vma does not
 * cover as a whole is none of them (v4.19).
 */
export const adjust_range_if_pmd_sharing_possible = verb(
  'adjust_range_if_pmd_sharing_possible',
  ['start', 'count', '>first', '>pages'],
  (m, _t, start, count, first, pages) => {
    let from = start;
    let to = start + count;
    for (let at = firstOf(start); at < start + count; at += PAGES_PER_PUD) {
      if (vmaKind(m.words[m.layout.vpage(at) + VPAGE.VMA]) !== VMA_HUGETLB_SHARED || !coversPud(m, at))
        continue;
      from = Math.min(from, at);
      to = Math.max(to, at + PAGES_PER_PUD);
    }
    m.words[first] = from;
    m.words[pages] = to - from;
    return DONE;
  },
  P,
);

/** The address lies inside a PUD region that one shared hugetlb vma covers. */
const cutsSharing = (m: Machine, addr: number): boolean =>
  (addr & (PAGES_PER_PUD - 1)) !== 0 &&
  vmaKind(m.words[m.layout.vpage(addr) + VPAGE.VMA]) === VMA_HUGETLB_SHARED &&
  coversPud(m, addr);
/** Cutting the vma at the address ends the sharing of its table. */
export const splits_shareable = test(
  'pud_offset_nonzero',
  ['addr'],
  (m, _t, addr) => yes(cutsSharing(m, addr)),
  P,
);
/** A hugetlb vma is cut at either end of the range so that its table cannot be shared any more. */
export const cuts_shareable = test(
  'hugetlb_split_pud',
  ['start', 'count'],
  (m, _t, start, count) => yes(cutsSharing(m, start) || cutsSharing(m, start + count)),
  P,
);

/** No vma is left over the PUD region of the address: its table of PMDs can go (floor and ceiling of free_pgtables). */
export const covers_whole_pmd_table = test(
  'free_pgtables_floor_ceiling_of_pud',
  ['addr'],
  (m, _t, addr) => {
    const first = firstOf(addr);
    for (let i = 0; i < PAGES_PER_PUD; i++)
      if (m.words[m.layout.vpage(first + i) + VPAGE.VMA] !== 0) return NO;
    return yes(m.words[pudAt(m, addr)] !== 0);
  },
  P,
);

/** Clears the PUD entry and queues its table of PMDs (free_pmd_range); the gather grows by the first page only. */
export const pmd_free_tlb = verb('pmd_free_tlb', ['addr'], (m, t, addr) => {
  const pud = pudAt(m, addr);
  const w = m.words;
  if (w[pud] === 0) return DONE;
  const thread = m.layout.threadAt(t);
  w[thread + THREAD.GATHER_TABLES] |= 1 << (w[pud] - 1);
  w[pud] = 0;
  if (w[thread + THREAD.GATHER_HI] === 0) {
    w[thread + THREAD.GATHER_LO] = addr;
    w[thread + THREAD.GATHER_HI] = addr + 1;
  } else {
    w[thread + THREAD.GATHER_LO] = Math.min(w[thread + THREAD.GATHER_LO], addr);
    w[thread + THREAD.GATHER_HI] = Math.max(w[thread + THREAD.GATHER_HI], addr + 1);
  }
  return DONE;
});
