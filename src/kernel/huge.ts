import { HUGE_ZERO_FRAME, PTES_PER_PMD, ZERO_FRAME } from '../machine/geometry.js';
import { FRAME, TABLE, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { constant, expand, mutedSlot, number } from '../program/build.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import type { Arg, Expand } from '../program/step.js';
import { FRAME_SHIFT, frameOf, isHuge, isPresent, KEPT, KIND_MIGRATION, PTE, tableEntry } from './entry.js';
import { mmu_notifier_invalidate_range } from './notifier.js';
import { PG, putPage } from './page.js';
import { allocTable, set_pmd_at } from './pgtable.js';
import { totalMapcount } from './rmap.js';
import { isShmemPage } from './shmem.js';
import { flushParts } from './tlb.js';
import { VM } from './vma.js';
import { baseEntry, entryChanged, headOf, isZeroFrame, pmdIndex } from './walk.js';

/**
 * Huge PMD entries: include/linux/huge_mm.h, mm/huge_memory.c and mm/pgtable-generic.c, v4.14. A table of PTEs that the
 * kernel deposits with a huge entry is allocated here when it is withdrawn (docs/fidelity.md).
 */

const yes = (holds: boolean): number => (holds ? DONE : NO);

/** Base pages of a huge page. */
export const HPAGE_PMD_NR = number(PTES_PER_PMD);

/** The huge zero page. */
export const HUGE_ZERO_PAGE = constant('HUGE_ZERO_PAGE', HUGE_ZERO_FRAME);

/** Reads the PMD entry at a place that this thread holds the lock of. */
export const pmdp_get = verb('pmdp_get', ['pmd', '>entry'], (m, _t, pmd, out) => {
  m.words[out] = m.words[pmd]!;
  return DONE;
});

/** Without a lock: the PMD maps a huge page, or is on its way from or to one (is_swap_pmd, pmd_trans_huge). */
export const pmd_maps_huge = test('is_swap_pmd_or_trans_huge', ['addr'], (m, _t, addr) => {
  const pmd = pmdIndex(m, addr);
  return yes(pmd >= 0 && isHuge(m.words[pmd]));
});

/** A huge entry that pmdp_invalidate took the present bit from; pmd_trans_huge still holds. */
export const pmd_mknotpresent = value('pmd_mknotpresent', ['pmd'], (_m, _t, e) => e & ~PTE.PRESENT);

/**
 * Takes the present bit away and flushes the CPUs: a plain read and a plain write (mm/pgtable-generic.c up to v4.15), so
 * what hardware sets between the two is lost. `entry` is what was read.
 */
export const pmdp_invalidate = (addr: Arg, pmd: Arg, entry: Arg): Expand =>
  expand('pmdp_invalidate', [addr, pmd, entry], {
    read: pmdp_get(pmd, entry),
    set: set_pmd_at(addr, pmd, pmd_mknotpresent(entry)),
    ...flushParts(addr, HPAGE_PMD_NR),
    notify: mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, HPAGE_PMD_NR)),
  });

/** Takes the present bit away in one step; `entry` is what stood there, with all that hardware had set (from v4.16). */
export const pmdp_establish = verb('pmdp_establish', ['addr', 'pmd', '>entry'], (m, t, addr, pmd, out) => {
  const before = m.words[pmd];
  m.words[out] = before;
  m.words[pmd] = before & ~PTE.PRESENT;
  entryChanged(m, t, addr, before, m.words[pmd]);
  return DONE;
});

/** Takes the table of PTEs that was deposited with the huge entry. */
export const pgtable_trans_huge_withdraw = verb('pgtable_trans_huge_withdraw', ['>pgtable'], (m, t, out) => {
  const table = allocTable(m);
  if (table < 0) {
    m.observer.misused(m, t, 'no page-table page is left');
    return BLOCKED;
  }
  m.words[out] = table;
  return DONE;
});

/**
 * The PTEs of a split, in a table that nothing reaches yet: __split_huge_pmd_locked's loop. Rights and soft-dirty are
 * those of `entry`, dirty goes to the page; with `freeze` they are migration entries. Each base page is mapped once more.
 */
export const fill_split_ptes = verb(
  'set_pte_at_of_split',
  ['pgtable', 'addr', 'entry', 'freeze'],
  (m, _t, table, addr, e, freeze) => {
    const w = m.words;
    const at = m.layout.tableAt(table) + TABLE.ENTRY;
    const allowed = (w[m.layout.vpage(addr) + VPAGE.VMA] & VM.WRITE) !== 0 ? PTE.WRITE : 0;
    for (let i = 0; i < PTES_PER_PMD; i++) {
      const frame = (frameOf(e) + i) << FRAME_SHIFT;
      w[at + i] =
        freeze !== 0
          ? frame | KIND_MIGRATION | (e & (PTE.WRITE | KEPT))
          : frame | PTE.PRESENT | (e & allowed) | (e & KEPT);
      w[m.layout.frameAt(frameOf(e) + i) + FRAME.MAP]++;
    }
    return DONE;
  },
);

/** PTEs of the zero page, for the split of the huge zero page; nothing reaches the table yet. */
export const fill_zero_ptes = verb(
  'set_pte_at_of_zero_split',
  ['pgtable'],
  (m, _t, table) => {
    const at = m.layout.tableAt(table) + TABLE.ENTRY;
    for (let i = 0; i < PTES_PER_PMD; i++)
      m.words[at + i] = (ZERO_FRAME << FRAME_SHIFT) | PTE.PRESENT | PTE.SPECIAL;
    return DONE;
  },
  { private: true },
);

/** The PTEs of the zero page ask the monitor if the huge entry did; nothing reaches the table yet. */
export const keep_uffd_wp_of_zero_ptes = verb(
  'pte_mkuffd_wp_of_zero_split',
  ['pgtable', 'entry'],
  (m, _t, table, entry) => {
    const at = m.layout.tableAt(table) + TABLE.ENTRY;
    for (let i = 0; i < PTES_PER_PMD; i++) m.words[at + i] |= entry & PTE.UFFD_WP;
    return DONE;
  },
  { private: true },
);

/** The PMD entry becomes the table: its PTEs map the pages from here on. `addr` is the first page of the PMD. */
export const pmd_populate = verb('pmd_populate', ['addr', 'pmd', 'pgtable'], (m, t, addr, pmd, table) => {
  const before = m.words[pmd];
  m.words[pmd] = tableEntry(table);
  const at = m.layout.tableAt(table) + TABLE.ENTRY;
  for (let i = 0; i < PTES_PER_PMD; i++) {
    const was =
      before === 0 || isZeroFrame(frameOf(before))
        ? before & ~PTE.HUGE
        : (before & ~PTE.HUGE) + (i << FRAME_SHIFT);
    m.observer.entryChanged(m, t, addr + i, was, m.words[at + i]);
  }
  return DONE;
});

/** More references, at once. */
export const page_ref_add = verb('page_ref_add', ['page', 'n'], (m, _t, page, n) => {
  if (!isZeroFrame(page)) m.words[m.layout.frameAt(headOf(m, page)) + FRAME.REF] += n;
  return DONE;
});

/** One PTE of a table that nothing reaches yet. */
export const set_unreached_pte = verb(
  'set_pte_at_of_pgtable',
  ['pgtable', 'i', 'entry'],
  (m, _t, table, i, entry) => {
    m.words[m.layout.tableAt(table) + TABLE.ENTRY + i] = entry;
    return DONE;
  },
  { private: true },
);

/** More rights for the huge entry as it stands now. */
export const pmdp_set_access_flags = verb(
  'pmdp_set_access_flags',
  ['addr', 'pmd', 'flags'],
  (m, t, addr, pmd, flags) => {
    const before = m.words[pmd];
    m.words[pmd] = before | flags | ((flags & PTE.DIRTY) !== 0 ? PTE.SOFT_DIRTY : 0);
    entryChanged(m, t, addr, before, m.words[pmd]);
    return DONE;
  },
);

/** Takes the write permission away in place, atomically; no flush. */
export const pmdp_set_wrprotect = verb('pmdp_set_wrprotect', ['addr', 'pmd'], (m, t, addr, pmd) => {
  const before = m.words[pmd];
  m.words[pmd] = before & ~PTE.WRITE;
  entryChanged(m, t, addr, before, m.words[pmd]);
  return DONE;
});

/** Clears a fresh huge page, which nobody else knows. */
export const clear_huge_page = verb(
  'clear_huge_page',
  ['page'],
  (m, _t, page) => {
    for (let i = 0; i < PTES_PER_PMD; i++)
      m.words.fill(0, m.layout.frameAt(page + i) + FRAME.W, m.layout.frameAt(page + i) + FRAME.SIZE);
    return DONE;
  },
  { private: true },
);

/** One vma covers the whole PMD of `addr`: equal words with consecutive offsets. */
export const transhuge_vma_suitable = test(
  'transhuge_vma_suitable',
  ['addr'],
  (m, _t, addr) => {
    const first = addr & ~(PTES_PER_PMD - 1);
    const w = m.words;
    const at = m.layout.vpage(first);
    for (let i = 0; i < PTES_PER_PMD; i++) {
      const other = m.layout.vpage(first + i);
      if (w[other + VPAGE.VMA] !== w[at + VPAGE.VMA] || w[other + VPAGE.PGOFF] !== w[at + VPAGE.PGOFF] + i)
        return NO;
    }
    return yes(w[at + VPAGE.VMA] !== 0);
  },
  { private: true },
);
/** `addr` is the first page of a PMD. */
export const pmd_aligned = test(
  'HPAGE_PMD_MASK_aligned',
  ['addr'],
  (_m, _t, addr) => yes((addr & (PTES_PER_PMD - 1)) === 0),
  { private: true },
);

/** The huge page behind `addr`, anonymous or of tmpfs, mapped by a PMD or by PTEs, with a reference; NO when there is none. */
export const get_huge_page_behind = test(
  'get_page_unless_zero_of_head',
  ['addr', '>page'],
  (m, _t, addr, out) => {
    const e = baseEntry(m, addr);
    if (!isPresent(e) || isZeroFrame(frameOf(e))) return NO;
    const at = m.layout.frameAt(frameOf(e));
    const flags = m.words[at + FRAME.FLAGS];
    if (m.words[at + FRAME.HEAD] === 0 || (flags & PG.HUGETLB) !== 0) return NO;
    if ((flags & PG.FILE) !== 0 && !isShmemPage(m, frameOf(e))) return NO;
    if (m.words[m.layout.frameAt(headOf(m, frameOf(e))) + FRAME.REF] === 0) return NO; // frozen
    m.words[out] = headOf(m, frameOf(e));
    m.words[m.layout.frameAt(m.words[out]) + FRAME.REF]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_ref', of: 1 } },
);

/** Nobody but its mappings and the caller refers to the huge page; a look without locks (can_split_huge_page). */
export const can_split_huge_page = test('can_split_huge_page', ['page'], (m, _t, page) =>
  yes(totalMapcount(m, page) === m.words[m.layout.frameAt(page) + FRAME.REF] - 1 - cacheRefs(m, page)),
);
/** The page cache holds one reference of a huge page (v4.14: one a base page), and one of each base page. */
const cacheRefs = (m: Machine, page: number): number =>
  (m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.FILE) === 0 ? 0 : 1;

/**
 * Freezes the count of the huge page, which nothing maps, and makes 4 locked base pages of it (__split_huge_page); NO when
 * somebody else than the caller refers to it. The frozen count lets nobody in, so this is one step.
 */
export const split_frozen_page = test('page_ref_freeze', ['page'], (m, t, page) => {
  const w = m.words;
  const head = m.layout.frameAt(page);
  const cached = cacheRefs(m, page);
  if (totalMapcount(m, page) !== 0 || w[head + FRAME.REF] !== 1 + cached) return NO;
  for (let i = 0; i < PTES_PER_PMD; i++) {
    const at = m.layout.frameAt(page + i);
    w[at + FRAME.HEAD] = 0;
    if (i === 0) continue;
    w[at + FRAME.FLAGS] = w[head + FRAME.FLAGS]; // dirty, swap-backed …
    w[at + FRAME.REF] = 1 + cached;
    w[at + FRAME.LOCK] = t + 1;
    w[m.layout.threadAt(t) + THREAD.HELD]++;
  }
  return DONE;
});

/** Unlocks a page that the split left locked, and drops its reference; one that nothing maps is freed. */
export const release_split_page = verb('unlock_page_put_page', ['page'], (m, t, page) => {
  m.words[m.layout.frameAt(page) + FRAME.LOCK] = 0;
  m.words[m.layout.threadAt(t) + THREAD.HELD]--;
  putPage(m, t, page);
  return DONE;
});
