import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { constant } from '../program/build.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { FRAME_SHIFT, isPresent, PTE } from './entry.js';
import { BEYOND_I_SIZE } from './filemap.js';
import { allocFrame, PG } from './page.js';
import { VM, VMA_DAX, vmaKind } from './vma.js';

/**
 * Files whose memory is their storage: fs/dax.c, v4.14. A page of such a file is in its frame for good; what is safe
 * from a power failure is in FILE.S. The radix tree has entries of one page, or one of 4 pages at the first of them;
 * tags and lock of an entry are those of its first page. Hardly any struct page: such a frame is PG.RESERVED.
 */

/** FILE.TAGS. */
export const DAX = {
  /** PAGECACHE_TAG_DIRTY, PAGECACHE_TAG_TOWRITE. */
  DIRTY: 1,
  TOWRITE: 2,
  /** There is an entry. */
  ENTRY: 4,
  /** It is of 4 pages (RADIX_DAX_PMD). */
  PMD: 8,
  /** It is the zero page over a hole (RADIX_DAX_ZERO_PAGE). */
  ZERO: 16,
  /** The file page is of a DAX file, hole or not. */
  FILE: 32,
} as const;

const COLOUR = PTES_PER_PMD - 1;
const yes = (holds: boolean): number => (holds ? DONE : NO);
const tagsAt = (m: Machine, index: number): number => m.layout.fileAt(index) + FILE.TAGS;
const has = (m: Machine, index: number, tag: number): boolean => (m.words[tagsAt(m, index)] & tag) !== 0;

/** Index that the entry of the file page is found at. */
function keyOf(m: Machine, index: number): number {
  return has(m, index & ~COLOUR, DAX.PMD) ? index & ~COLOUR : index;
}

function lock(m: Machine, t: number, index: number): number {
  const at = m.layout.fileAt(index) + FILE.LOCK;
  if (m.words[at] !== 0) return BLOCKED;
  m.words[at] = t + 1;
  m.words[m.layout.threadAt(t) + THREAD.HELD]++;
  return DONE;
}

/** The file page is of a DAX file. */
export const IS_DAX = test('IS_DAX', ['index'], (m, _t, index) => yes(has(m, index, DAX.FILE)), {
  private: true,
});

/** First page of the 2 MB that the file page lies in. */
export const pmd_pgoff = value('pmd_pgoff', ['index'], (_m, _t, index) => index & ~COLOUR);

/** Locks the entry of the file page, and makes one of a page if there is none; `entry` is where it is found. */
export const grab_mapping_entry = verb(
  'grab_mapping_entry',
  ['index', '>entry'],
  (m, t, index, out) => {
    const key = keyOf(m, index);
    if (lock(m, t, key) === BLOCKED) return BLOCKED;
    m.words[tagsAt(m, key)] |= DAX.ENTRY;
    m.words[out] = key;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'dax_entry', of: 1 } },
);

/** The same for an entry of 4 pages; NO when there is one of a page (-EEXIST). */
export const grab_pmd_entry = test(
  'grab_mapping_entry',
  ['index', '>entry'],
  (m, t, index, out) => {
    const first = index & ~COLOUR;
    if (!has(m, first, DAX.PMD))
      for (let i = 0; i <= COLOUR; i++) if (has(m, first + i, DAX.ENTRY)) return NO;
    if (lock(m, t, first) === BLOCKED) return BLOCKED;
    m.words[tagsAt(m, first)] |= DAX.ENTRY | DAX.PMD;
    m.words[out] = first;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'dax_entry', of: 1 } },
);

export const put_locked_mapping_entry = verb(
  'put_locked_mapping_entry',
  ['entry'],
  (m, t, entry) => {
    const at = m.layout.fileAt(entry) + FILE.LOCK;
    if (m.words[at] !== t + 1)
      m.observer.misused(m, t, 'a DAX entry is unlocked by a thread that does not hold it');
    else {
      m.words[at] = 0;
      m.words[m.layout.threadAt(t) + THREAD.HELD]--;
    }
    return DONE;
  },
  { effect: { does: 'release', resource: 'dax_entry', of: 0 } },
);

/** A write fault makes the entry dirty. */
export const dax_insert_mapping_entry = verb(
  'dax_insert_mapping_entry',
  ['entry', 'write'],
  (m, _t, entry, write) => {
    m.words[tagsAt(m, entry)] &= ~DAX.ZERO;
    if (write !== 0) m.words[tagsAt(m, entry)] |= DAX.DIRTY;
    return DONE;
  },
);
/** The entry stands for the zero page over a hole. */
export const dax_insert_zero_entry = verb('dax_insert_mapping_entry', ['entry'], (m, _t, entry) => {
  m.words[tagsAt(m, entry)] |= DAX.ZERO;
  return DONE;
});
export const dax_is_zero_entry = test('dax_is_zero_entry', ['entry'], (m, _t, entry) =>
  yes(has(m, entry, DAX.ZERO)),
);
/** The file page has a block (iomap_begin finds IOMAP_MAPPED); it is a hole otherwise. */
export const iomap_mapped = test('iomap_begin', ['index'], (m, _t, index) =>
  yes(m.words[m.layout.fileAt(index) + FILE.CACHE] !== 0),
);
/** A zeroed block for the file page, if it has none (iomap_begin with IOMAP_WRITE); NO when there is none left. */
export const iomap_allocate = test(
  'iomap_begin',
  ['index'],
  (m, t, index) => {
    if ((m.words[m.layout.threadAt(t) + THREAD.CHOICES] & 1) !== 0) return NO;
    const block = allocFrame(m);
    if (block < 0) return NO;
    m.words[m.layout.frameAt(block) + FRAME.FLAGS] = PG.RESERVED;
    m.words[m.layout.frameAt(block) + FRAME.INDEX] = index;
    m.words[m.layout.fileAt(index) + FILE.CACHE] = block + 1;
    return DONE;
  },
  { sleeps: true },
);
/** The 2 MB of the file lie in one extent that is as well aligned, before the end of the file. */
export const iomap_is_huge = test('iomap_begin', ['index'], (m, _t, index) => {
  const first = index & ~COLOUR;
  const head = m.words[m.layout.fileAt(first) + FILE.CACHE] - 1;
  if (head < 0 || (head & COLOUR) !== 0) return NO;
  for (let i = 0; i <= COLOUR; i++) {
    const at = m.layout.fileAt(first + i);
    if (m.words[at + FILE.CACHE] !== head + i + 1 || (m.words[at + FILE.TAGS] & BEYOND_I_SIZE) !== 0)
      return NO;
  }
  return DONE;
});

/** The frame of the file page. */
export const dax_direct_access = value('dax_direct_access', ['index'], (m, _t, index) => {
  const mm = m;
  return mm.words[mm.layout.fileAt(index) + FILE.CACHE] - 1;
});

/** A huge entry of the vma fits over `addr`: the vma holds the whole PMD, and the file is as well aligned. */
export const dax_pmd_fits = test(
  'dax_pmd_fits',
  ['haddr', 'vma'],
  (m, _t, haddr, vma) => {
    if ((vma & VM.HUGEPAGE) === 0) return NO;
    const index = m.words[m.layout.vpage(haddr) + VPAGE.PGOFF];
    if ((index & (PTES_PER_PMD - 1)) !== 0) return NO; // PG_PMD_COLOUR, after mremap
    for (let i = 0; i < PTES_PER_PMD; i++) {
      const at = m.layout.vpage(haddr + i);
      if (m.words[at + VPAGE.VMA] !== vma || m.words[at + VPAGE.PGOFF] !== index + i) return NO;
    }
    return DONE;
  },
  { private: true },
);

/** pfn_t_pmd with the protection of the vma: writable by a write fault only, as page protections of DAX vmas are not. */
export const pfn_t_pmd = value(
  'pfn_t_pmd',
  ['pfn', 'write', 'vma'],
  (_m, _t, pfn, write, vma) => (pfn << FRAME_SHIFT) | PTE.PRESENT | PTE.HUGE | writable(write, vma),
);
export const pfn_t_pte = value(
  'pfn_t_pte',
  ['pfn', 'write', 'vma'],
  (_m, _t, pfn, write, vma) => (pfn << FRAME_SHIFT) | PTE.PRESENT | writable(write, vma),
);
/** Flags that `mkwrite` adds to an entry that is there: dirty, and writable if the vma is. */
export const mkwrite_flags = value(
  'maybe_mkwrite_dirty',
  ['vma'],
  (_m, _t, vma) => PTE.DIRTY | ((vma & VM.WRITE) !== 0 ? PTE.WRITE : 0),
);
const writable = (write: number, vma: number): number =>
  write === 0 ? 0 : PTE.DIRTY | PTE.SOFT_DIRTY | ((vma & VM.WRITE) !== 0 ? PTE.WRITE : 0);

/** Dirty or writable: something to clean. */
export const dirty_or_write = test(
  'dirty_or_write',
  ['entry'],
  (_m, _t, e) => yes(isPresent(e) && (e & (PTE.DIRTY | PTE.WRITE)) !== 0),
  { private: true },
);

/** Dirty entries of [index, index + count) are to be written by this sync (tag_pages_for_writeback). */
export const tag_pages_for_writeback = verb(
  'tag_pages_for_writeback',
  ['index', 'count'],
  (m, _t, index, count) => {
    for (let i = 0; i < count; i++)
      if (has(m, index + i, DAX.DIRTY)) m.words[tagsAt(m, index + i)] |= DAX.TOWRITE;
    return DONE;
  },
);

/** Next entry of [index, index + count) that is to be written. */
export const find_get_entries_tag = test(
  'find_get_entries_tag',
  ['index', 'count', '>cursor', '>entry'],
  (m, _t, index, count, cursor, out) => {
    for (let i = m.words[cursor]; i < count; i++) {
      if (!has(m, index + i, DAX.TOWRITE)) continue;
      m.words[out] = index + i;
      m.words[cursor] = i + 1;
      return DONE;
    }
    m.words[cursor] = 0;
    return NO;
  },
);

/**
 * Under tree_lock: waits until the entry is unlocked, and locks it if it still is to be written. NO when another sync
 * has written it.
 */
export const lock_towrite_entry = test(
  'lock_slot',
  ['entry'],
  (m, t, entry) => {
    if (m.words[m.layout.fileAt(entry) + FILE.LOCK] !== 0) return BLOCKED;
    if (!has(m, entry, DAX.TOWRITE)) return NO;
    return lock(m, t, entry);
  },
  { sleeps: true, effect: { does: 'take', resource: 'dax_entry', of: 0 } },
);

/** Writes the CPU caches of the entry's pages back: its contents are safe. In one step; nobody can write them now. */
export const dax_flush = verb('dax_flush', ['entry'], (m, _t, entry) => {
  const pages = has(m, entry, DAX.PMD) ? PTES_PER_PMD : 1;
  for (let i = 0; i < pages; i++) {
    const file = m.layout.fileAt(entry + i);
    const frame = m.layout.frameAt(m.words[file + FILE.CACHE] - 1);
    for (let k = 0; k < PAGE_WORDS; k++) m.words[file + FILE.S + k] = m.words[frame + FRAME.W + k];
  }
  return DONE;
});
export const PAGECACHE_TAG_DIRTY = constant('PAGECACHE_TAG_DIRTY', DAX.DIRTY);
export const PAGECACHE_TAG_TOWRITE = constant('PAGECACHE_TAG_TOWRITE', DAX.TOWRITE);
export const radix_tree_tag_clear = verb('radix_tree_tag_clear', ['entry', 'tag'], (m, _t, entry, tag) => {
  m.words[tagsAt(m, entry)] &= ~tag;
  return DONE;
});

/** Pages of the entry. */
export const dax_entry_pages = value('dax_radix_order', ['entry'], (m, _t, entry) =>
  has(m, entry, DAX.PMD) ? PTES_PER_PMD : 1,
);

/** Next address of a shared mapping of file pages [index, index + count); i_mmap_rwsem keeps the vmas still. */
export const vma_interval_tree_foreach = test(
  'vma_interval_tree_foreach',
  ['index', 'count', '>cursor', '>addr'],
  (m, _t, index, count, cursor, out) => {
    const L = m.layout;
    const total = L.geometry.mms * L.pages;
    for (let addr = m.words[cursor]; addr < total; addr++) {
      const at = L.vpage(addr);
      const vma = m.words[at + VPAGE.VMA];
      if (vmaKind(vma) !== VMA_DAX || (vma & VM.LINKED) === 0) continue;
      const offset = m.words[at + VPAGE.PGOFF] - index;
      if (offset < 0 || offset >= count) continue;
      m.words[out] = addr;
      m.words[cursor] = addr + 1;
      return DONE;
    }
    m.words[cursor] = 0;
    return NO;
  },
  { private: true },
);
