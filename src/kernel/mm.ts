import { PMDS_PER_PUD, PTES_PER_PMD } from '../machine/geometry.js';
import { MM, TABLE, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { PTE } from './entry.js';
import { ensurePmdTable } from './hugetlb-tables.js';
import { isHugetlb, rmapLocksFree, VM, VMA_ANON } from './vma.js';
import { entryChanged, pmdIndex } from './walk.js';

/**
 * Walks over the vmas of an mm, fork's new mm and mremap's moved vma: mm/mmap.c, mm/mremap.c and kernel/fork.c, v4.14.
 */

const P = { private: true } as const;
const PAGES_PER_PUD = PMDS_PER_PUD * PTES_PER_PMD;

/** First address of the mm that this thread runs. */
export const current_mm = value(
  'current_mm',
  [],
  (m, t) => m.words[m.layout.threadAt(t) + THREAD.MM] << m.layout.pagesShift,
);
/** First address of an mm. */
export const mm_start = value('mm_start', ['mm'], (m, _t, mm) => mm << m.layout.pagesShift);
/** Pages of an mm. */
export const TASK_SIZE = value('TASK_SIZE', [], (m) => m.layout.pages);
/** The same place in another mm. */
export const same_address_in = value(
  'same_address_in',
  ['addr', 'mm'],
  (m, _t, addr, mm) => (mm << m.layout.pagesShift) | (addr & (m.layout.pages - 1)),
);

/** The page of `near`'s PMD at the place that `addr` has in its own. */
export const same_place = value(
  'same_pte_index',
  ['near', 'addr'],
  (_m, _t, near, addr) => (near & ~(PTES_PER_PMD - 1)) | (addr & (PTES_PER_PMD - 1)),
);

/** Pages from `addr` on that one vma covers: equal words with consecutive offsets, at most up to `end`. */
function vmaEnd(m: Machine, addr: number, end: number): number {
  const w = m.words;
  const first = m.layout.vpage(addr);
  let to = addr + 1;
  while (to < end) {
    const at = m.layout.vpage(to);
    if (
      w[at + VPAGE.VMA] !== w[first + VPAGE.VMA] ||
      w[at + VPAGE.PGOFF] !== w[first + VPAGE.PGOFF] + to - addr
    )
      break;
    to++;
  }
  return to;
}

/** The mm has the vma: munmap, which may hold its lock for reading only, has not taken it out. */
const isLinked = (vma: number): boolean => vma !== 0 && (vma & VM.DETACHED) === 0;

/** `addr` is the first page of the next vma in [start, start + count); NO after the last one. */
export const next_vma = test(
  'for_each_vma',
  ['start', 'count', '>cursor', '>addr'],
  (m, _t, start, count, cursor, out) => {
    const w = m.words;
    let addr = start + w[cursor];
    while (addr < start + count && !isLinked(w[m.layout.vpage(addr) + VPAGE.VMA])) addr++;
    if (addr >= start + count) {
      w[cursor] = 0;
      return NO;
    }
    w[out] = addr;
    w[cursor] = vmaEnd(m, addr, start + count) - start;
    return DONE;
  },
  P,
);
/** Pages of the vma at `addr`, at most to the end of [start, start + count). */
export const vma_pages = value(
  'vma_pages',
  ['addr', 'start', 'count'],
  (m, _t, addr, start, count) => vmaEnd(m, addr, start + count) - addr,
);
/** The address is the first one of its vma in the range that begins at `start`. */
export const first_of_vma = test(
  'vma_starts_at',
  ['addr', 'start'],
  (m, _t, addr, start) => (addr === start || vmaEnd(m, addr - 1, addr + 1) === addr ? DONE : NO),
  P,
);
/** One vma covers the range. */
export const range_in_one_vma = test(
  'range_in_one_vma',
  ['start', 'count'],
  (m, _t, start, count) =>
    m.words[m.layout.vpage(start) + VPAGE.VMA] !== 0 && vmaEnd(m, start, start + count) === start + count
      ? DONE
      : NO,
  P,
);
/** Every page of the range has an anonymous vma. */
export const range_is_anonymous = test(
  'vma_range_is_anonymous',
  ['start', 'count'],
  (m, _t, start, count) => {
    for (let i = 0; i < count; i++)
      if ((m.words[m.layout.vpage(start + i) + VPAGE.VMA] & (15 | VM.DETACHED)) !== VMA_ANON) return NO;
    return DONE;
  },
  P,
);
/** Some vma of the range still counts as soft-dirty (VM_SOFTDIRTY). */
export const range_has_softdirty = test(
  'vma_range_softdirty',
  ['start', 'count'],
  (m, _t, start, count) => {
    for (let i = 0; i < count; i++)
      if ((m.words[m.layout.vpage(start + i) + VPAGE.VMA] & VM.SOFTDIRTY) !== 0) return DONE;
    return NO;
  },
  P,
);

/** Like for_each_pmd, PUD by PUD. */
export const next_pud = test(
  'for_each_pud',
  ['start', 'count', '>cursor', '>addr'],
  (m, _t, start, count, cursor, out) => {
    const w = m.words;
    const i = w[cursor];
    if (i >= count) {
      w[cursor] = 0;
      return NO;
    }
    const addr = start + i;
    w[out] = addr;
    w[cursor] = (addr & ~(PAGES_PER_PUD - 1)) + PAGES_PER_PUD - start;
    return DONE;
  },
  P,
);
/** Pages from `addr` to the end of its PUD, at most to the end of [start, start + count). */
export const pages_in_pud = value(
  'pud_addr_end',
  ['addr', 'start', 'count'],
  (_m, _t, addr, start, count) =>
    Math.min((addr & ~(PAGES_PER_PUD - 1)) + PAGES_PER_PUD, start + count) - addr,
);

// fork

/** Rmap walks, which go by ascending address, meet the mm at `parent` before the one at `child`. */
export const forked_before = test(
  'vma_interval_tree_insert_after',
  ['parent', 'child'],
  (_m, _t, parent, child) => (parent < child ? DONE : NO),
  P,
);
export function hasVmas(m: Machine, mm: number): boolean {
  const first = mm << m.layout.pagesShift;
  for (let i = 0; i < m.layout.pages; i++)
    if (m.words[m.layout.vpage(first + i) + VPAGE.VMA] !== 0) return true;
  return false;
}
/** The mm has no vma: it can become a child. */
export const mm_is_new = test('mm_is_new', ['mm'], (m, _t, mm) => {
  if (m.words[m.layout.mmAt(mm) + MM.EXIT] !== 0) return NO; // it is going
  return hasVmas(m, mm) ? NO : DONE;
});
/** The child does not run yet: its threads wait before they walk its tables (see access.ts). */
export const mm_init = verb('mm_init', ['mm'], (m, _t, mm) => {
  m.words[m.layout.mmAt(mm) + MM.BORN] = 1;
  m.words[m.layout.mmAt(mm) + MM.FLAGS] = 0;
  return DONE;
});
export const wake_up_new_task = verb('wake_up_new_task', ['mm'], (m, _t, mm) => {
  m.words[m.layout.mmAt(mm) + MM.BORN] = 0;
  return DONE;
});
/**
 * The child's copy of the vma at [addr, addr + count), linked to the mm and, under the rmap locks for writing, to the
 * rmap: vm_area_dup, anon_vma_fork, vma_interval_tree_insert_after, __vma_link_rb; and the PMD tables for it, which
 * copy_pud_range allocates on its way (a hugetlb vma gets its own, or shares one).
 */
export const dup_vma = verb('anon_vma_fork', ['addr', 'count', 'child'], (m, _t, addr, count, child) => {
  if (!rmapLocksFree(m, addr, count)) return BLOCKED;
  const w = m.words;
  for (let i = 0; i < count; i++) {
    const from = m.layout.vpage(addr + i);
    const to = m.layout.vpage((child << m.layout.pagesShift) | ((addr + i) & (m.layout.pages - 1)));
    w[to + VPAGE.VMA] = w[from + VPAGE.VMA] & ~VM.UFFD_WP; // dup_userfaultfd
    w[to + VPAGE.PGOFF] = w[from + VPAGE.PGOFF];
    if (!isHugetlb(w[to + VPAGE.VMA]))
      ensurePmdTable(m, (child << m.layout.pagesShift) | ((addr + i) & (m.layout.pages - 1)));
  }
  return DONE;
});
/** The mm pins the huge zero page until it exits. */
export const mm_get_huge_zero_page = verb('mm_get_huge_zero_page', ['addr'], (m, _t, addr) => {
  m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.HUGE_ZERO] = 1;
  return DONE;
});

// mremap

/** The new range lies in the mm, and apart from the old one. */
export const mremap_to_fits = test(
  'mremap_to_fits',
  ['from', 'to', 'count'],
  (m, _t, from, to, count) =>
    (to & (m.layout.pages - 1)) + count <= m.layout.pages && (from >= to + count || to >= from + count)
      ? DONE
      : NO,
  P,
);
/** Place of the PMD entry: the lock taken for another one of the same table covers it. */
export const pmd_of = verb(
  'pmd_index',
  ['addr', '>pmd'],
  (m, t, addr, out) => {
    m.words[out] = pmdIndex(m, addr);
    const first = addr & ~(PTES_PER_PMD - 1);
    for (let i = 0; i < PTES_PER_PMD; i++) m.observer.entryLooked(m, t, first + i);
    return DONE;
  },
  P,
);
/** A vma like the one at [from, from + count), linked to the rmap at `to`: copy_vma; and the PMD tables for it (alloc_new_pmd). */
export const copy_vma = verb('copy_vma', ['from', 'to', 'count'], (m, _t, from, to, count) => {
  if (!rmapLocksFree(m, from, count)) return BLOCKED;
  const w = m.words;
  for (let i = 0; i < count; i++) {
    w[m.layout.vpage(to + i) + VPAGE.VMA] = w[m.layout.vpage(from + i) + VPAGE.VMA] & ~VM.UFFD_WP; // mremap_userfaultfd_prep
    w[m.layout.vpage(to + i) + VPAGE.PGOFF] = w[m.layout.vpage(from + i) + VPAGE.PGOFF];
    ensurePmdTable(m, to + i);
  }
  return DONE;
});
/** Rmap walks go by ascending address: they would meet `to` before `from` (need_rmap_locks). */
export const need_rmap_locks = test(
  'need_rmap_locks',
  ['from', 'to'],
  (_m, _t, from, to) => (to < from ? DONE : NO),
  P,
);
/** Pages that can be moved at once: up to the end of a PMD of either address, at most `left`. */
export const move_extent = value('move_extent', ['from', 'to', 'left'], (_m, _t, from, to, left) =>
  Math.min(left, PTES_PER_PMD - (from & (PTES_PER_PMD - 1)), PTES_PER_PMD - (to & (PTES_PER_PMD - 1))),
);
/** The two entries are in different page-table pages, each with a lock of its own. */
export const ptl_differs = test(
  'new_ptl_differs_from_old_ptl',
  ['a', 'b'],
  (m, _t, a, b) =>
    Math.floor((a - m.layout.table) / TABLE.SIZE) !== Math.floor((b - m.layout.table) / TABLE.SIZE)
      ? DONE
      : NO,
  P,
);
/**
 * An entry that is not present moves: nobody looks at it but under the locks of both tables, so that taking it away and
 * putting it back is one step.
 */
export const move_swap_pte = verb(
  'move_swap_pte',
  ['from', 'src', 'to', 'dst'],
  (m, t, from, src, to, dst) => {
    const entry = m.words[src];
    m.words[dst] = entry | PTE.SOFT_DIRTY;
    entryChanged(m, t, to, 0, m.words[dst]);
    m.words[src] = 0;
    entryChanged(m, t, from, entry, 0);
    return DONE;
  },
);
/** What mremap makes of an entry: present and swap entries become soft-dirty, so that user space sees the move. */
export const move_soft_dirty_pte = value('move_soft_dirty_pte', ['entry'], (_m, _t, e) => e | PTE.SOFT_DIRTY);
