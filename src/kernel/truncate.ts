import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { constant } from '../program/build.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { DAX } from './dax.js';
import { frameOf, isPresent } from './entry.js';
import { BEYOND_I_SIZE } from './filemap.js';
import { PG, putPage } from './page.js';
import { isHugetlb, VM, VMA_ANON, VMA_PFNMAP, vmaKind } from './vma.js';
import { headOf } from './walk.js';

/**
 * Taking pages out of a file: mm/truncate.c and unmap_mapping_range of mm/memory.c, v4.14, with what ext4 does about
 * them. Ranges are file pages [index, index + count) of one file.
 */

const P = { private: true } as const;
const yes = (holds: boolean): number => (holds ? DONE : NO);

/**
 * The lock that keeps faults out of a file while its pages go: EXT4_I(inode)->i_mmap_sem, XFS_MMAPLOCK; one for all file
 * systems, mapping->invalidate_lock, since v5.15.
 */
export const i_mmap_sem = value(
  'i_mmap_sem',
  ['index'],
  (m, _t, index) => m.layout.invalidateLock + (index >> 2),
);

/** The file ends before the page (i_size_read). */
export const beyond_i_size = test('i_size_read', ['index'], (m, _t, index) =>
  yes((m.words[m.layout.fileAt(index) + FILE.TAGS] & BEYOND_I_SIZE) !== 0),
);

/** The file ends before `index` from here on. */
export const i_size_write = verb('i_size_write', ['index', 'count'], (m, _t, index, count) => {
  for (let i = 0; i < count; i++) m.words[m.layout.fileAt(index + i) + FILE.TAGS] |= BEYOND_I_SIZE;
  return DONE;
});

/** Pages from the file page to the last one that the world has of the file. */
export const pages_to_eof = value(
  'pages_to_eof',
  ['index'],
  (_m, _t, index) => PTES_PER_PMD - (index & (PTES_PER_PMD - 1)),
);

/**
 * First page of the next vma that maps some of [index, index + count), whoever's it is, in ascending order; the rmap lock
 * of the file is held. Detached vmas are still in the tree.
 */
export const unmap_mapping_range_tree = test(
  'unmap_mapping_range_tree',
  ['index', 'count', '>cursor', '>addr'],
  (m, _t, index, count, cursor, out) => {
    const total = m.layout.geometry.mms * m.layout.pages;
    for (let addr = m.words[cursor]; addr < total; addr++) {
      if (!mapsFile(m, addr, index, count)) continue;
      m.words[out] = addr;
      m.words[cursor] = addr + overlap(m, addr, index, count);
      return DONE;
    }
    m.words[cursor] = 0;
    return NO;
  },
  P,
);
/** Pages from `addr` on that the same vma maps of [index, index + count). */
export const vma_overlap = value('zea_minus_zba', ['addr', 'index', 'count'], (m, _t, addr, index, count) =>
  overlap(m, addr, index, count),
);

function mapsFile(m: Machine, addr: number, index: number, count: number): boolean {
  const at = m.layout.vpage(addr);
  const vma = m.words[at + VPAGE.VMA];
  const kind = vmaKind(vma);
  if (kind === VMA_ANON || kind === VMA_PFNMAP || isHugetlb(vma)) return false;
  const offset = m.words[at + VPAGE.PGOFF] - index;
  return (vma & VM.LINKED) !== 0 && offset >= 0 && offset < count;
}

function overlap(m: Machine, addr: number, index: number, count: number): number {
  const { layout: L, words: w } = m;
  const end = (addr & ~(L.pages - 1)) + L.pages;
  const first = L.vpage(addr);
  let to = addr + 1;
  while (
    to < end &&
    w[L.vpage(to) + VPAGE.VMA] === w[first + VPAGE.VMA] &&
    w[L.vpage(to) + VPAGE.PGOFF] === w[first + VPAGE.PGOFF] + to - addr &&
    mapsFile(m, to, index, count)
  )
    to++;
  return to - addr;
}

/** struct zap_details, 0 when there is none: the pages of one mapping alone (even_cows is 0), or private copies too. */
const OWN_PAGES = 1;
export const check_mapping = constant('check_mapping', OWN_PAGES);
export const even_cows = constant('even_cows', 2);

/** The entry maps a private copy, and only the file's own pages are to go. */
export const check_mapping_differs = test(
  'check_mapping_differs',
  ['details', 'entry'],
  (m, _t, details, entry) => {
    if (details !== OWN_PAGES || !isPresent(entry)) return NO;
    return yes((m.words[m.layout.frameAt(frameOf(entry)) + FRAME.FLAGS] & PG.ANON) !== 0);
  },
  P,
);

/** Next page of [index, index + count) in the page cache, with a reference: pagevec_lookup_entries. */
export const pagevec_lookup_entries = test(
  'pagevec_lookup_entries',
  ['index', 'count', '>cursor', '>page'],
  (m, _t, index, count, cursor, out) => {
    for (let i = m.words[cursor]; i < count; i++) {
      const cached = m.words[m.layout.fileAt(index + i) + FILE.CACHE];
      if (cached === 0) continue;
      m.words[out] = cached - 1;
      m.words[cursor] = i + 1;
      m.words[m.layout.frameAt(headOf(m, cached - 1)) + FRAME.REF]++;
      return DONE;
    }
    m.words[cursor] = 0;
    return NO;
  },
);

/** The page's index in its file. */
export const page_index = value('page_to_index', ['page'], (m, _t, page) => {
  const mm = m;
  return mm.words[mm.layout.frameAt(page) + FRAME.INDEX];
});

/** Next DAX entry that [index, index + count) touches: an entry of 4 pages is found from any of them. */
export const lookup_dax_entries = test(
  'pagevec_lookup_entries',
  ['index', 'count', '>cursor', '>entry'],
  (m, _t, index, count, cursor, out) => {
    const has = (page: number, tag: number): boolean =>
      (m.words[m.layout.fileAt(page) + FILE.TAGS] & tag) !== 0;
    for (let i = m.words[cursor]; i < count; i++) {
      const key = has((index + i) & ~(PTES_PER_PMD - 1), DAX.PMD)
        ? (index + i) & ~(PTES_PER_PMD - 1)
        : index + i;
      if (!has(key, DAX.ENTRY)) continue;
      m.words[out] = key;
      m.words[cursor] = i + 1;
      return DONE;
    }
    m.words[cursor] = 0;
    return NO;
  },
);

/** Waits until nobody has the entry locked, and takes it out of the tree with its tags (dax_delete_mapping_entry). */
export const dax_delete_mapping_entry = verb(
  'dax_delete_mapping_entry',
  ['entry'],
  (m, _t, entry) => {
    const at = m.layout.fileAt(entry);
    if (m.words[at + FILE.LOCK] !== 0) return BLOCKED;
    m.words[at + FILE.TAGS] &= ~(DAX.ENTRY | DAX.PMD | DAX.DIRTY | DAX.TOWRITE | DAX.ZERO);
    return DONE;
  },
  { sleeps: true },
);

/** The range, or the whole block of 4 pages when its DAX entry is of 4 pages; i_mmap_sem keeps faults from making one. */
export const dax_round_start = value('dax_round_start', ['index'], (m, _t, index) => {
  const mm = m;
  return wholeEntry(mm, index) ? index & ~(PTES_PER_PMD - 1) : index;
});
export const dax_round_count = value('dax_round_count', ['index', 'count'], (m, _t, index, count) => {
  const mm = m;
  return wholeEntry(mm, index) ? PTES_PER_PMD : count;
});
const wholeEntry = (m: Machine, index: number): boolean =>
  (m.words[m.layout.fileAt(index & ~(PTES_PER_PMD - 1)) + FILE.TAGS] & DAX.PMD) !== 0;

/**
 * The locked page leaves the page cache, dirty or not: cancel_dirty_page and delete_from_page_cache. A huge page leaves as a
 * whole; the page cache holds one reference of it.
 */
export const delete_from_page_cache = verb('delete_from_page_cache', ['page'], (m, t, page) => {
  const pages = m.words[m.layout.frameAt(page) + FRAME.HEAD] === 0 ? 1 : PTES_PER_PMD;
  for (let i = 0; i < pages; i++) {
    const at = m.layout.frameAt(page + i);
    m.words[m.layout.fileAt(m.words[at + FRAME.INDEX]) + FILE.CACHE] = 0;
    m.words[at + FRAME.FLAGS] &= ~(PG.FILE | PG.DIRTY);
  }
  putPage(m, t, page);
  return DONE;
});

/**
 * The blocks of the pages go back to the file system: their storage is a hole, which reads as zeros. The memory of a DAX
 * file is its blocks: somebody else may be given it.
 */
export const ext4_ext_remove_space = verb(
  'ext4_ext_remove_space',
  ['index', 'count'],
  (m, t, index, count) => {
    for (let i = 0; i < count; i++) {
      const at = m.layout.fileAt(index + i);
      for (let k = 0; k < PAGE_WORDS; k++) m.words[at + FILE.S + k] = 0;
      const memory = m.words[at + FILE.CACHE] - 1;
      if (memory < 0 || (m.words[at + FILE.TAGS] & DAX.FILE) === 0) continue;
      m.words[at + FILE.CACHE] = 0;
      putPage(m, t, memory);
    }
    return DONE;
  },
  { sleeps: true },
);
