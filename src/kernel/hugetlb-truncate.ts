import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { PG, putPage } from './page.js';
import { VM, VMA_HUGETLB_SHARED, vmaKind } from './vma.js';

/** Taking pages out of a file of hugetlbfs, and filling its holes: fs/hugetlbfs/inode.c and mm/hugetlb.c, v4.14. */

const P = { private: true } as const;
const yes = (holds: boolean): number => (holds ? DONE : NO);

/** FILE.TAGS: the file page is of hugetlbfs, hole or not. */
export const HUGETLBFS = 256;

const isHugetlbfs = (m: Machine, index: number): boolean =>
  (m.words[m.layout.fileAt(index) + FILE.TAGS] & HUGETLBFS) !== 0;

/** The file is one of hugetlbfs. */
export const is_file_hugepages = test(
  'is_file_hugepages',
  ['index'],
  (m, _t, index) => yes(isHugetlbfs(m, index)),
  P,
);

/** First page of the huge page that the file page lies in. */
export const huge_page_index = value(
  'huge_page_index',
  ['index'],
  (_m, _t, index) => index & ~(PTES_PER_PMD - 1),
);

/** Pages from `index` on that the file has: blocks of hugetlbfs that follow each other are one file. */
export const hugetlb_pages_to_eof = value('hugetlb_pages_to_eof', ['index'], (m, _t, index) => {
  const mm = m;
  let to = index + PTES_PER_PMD;
  while (to < mm.layout.geometry.filePages && isHugetlbfs(mm, to)) to += PTES_PER_PMD;
  return to - index;
});

/** inode->i_rwsem of the file, by its first block (the word that ext4 has for i_mmap_sem). */
export const hugetlbfs_inode_lock = value('inode_lock_of_hugetlbfs', ['index'], (m, _t, index) => {
  const mm = m;
  let first = index;
  while (first >= PTES_PER_PMD && isHugetlbfs(mm, first - PTES_PER_PMD)) first -= PTES_PER_PMD;
  return mm.layout.invalidateLock + (first >> 2);
});

/** i_mmap_rwsem of hugetlbfs files, which share one here. */
export const hugetlbfs_i_mmap = value('i_mmap_rwsem_of_hugetlbfs', [], (m) => m.layout.hugetlbMmap + 1);
/** The mutex that faults on the huge page of the file take. */
export const hugetlb_fault_mutex_of_index = value(
  'hugetlb_fault_mutex_hash_of_index',
  ['index'],
  (m, _t, index) => m.layout.hugetlbFault + ((m.layout.geometry.mms * m.layout.pages) >> 2) + (index >> 2),
);

const mapsAt = (m: Machine, addr: number, index: number, count: number): boolean => {
  const at = m.layout.vpage(addr);
  const vma = m.words[at + VPAGE.VMA];
  if (vmaKind(vma) !== VMA_HUGETLB_SHARED || (vma & VM.LINKED) === 0) return false;
  const offset = m.words[at + VPAGE.PGOFF] - index;
  return offset >= 0 && offset < count;
};

/** First page of the next huge pages that one mapping has of [index, index + count). */
export const hugetlb_vma_interval_tree_foreach = test(
  'vma_interval_tree_foreach_of_hugetlbfs',
  ['index', 'count', '>cursor', '>addr'],
  (m, _t, index, count, cursor, out) => {
    const total = m.layout.geometry.mms * m.layout.pages;
    for (let addr = m.words[cursor]; addr < total; addr += PTES_PER_PMD) {
      if (!mapsAt(m, addr, index, count)) continue;
      m.words[out] = addr;
      m.words[cursor] = addr + overlap(m, addr, index, count);
      return DONE;
    }
    m.words[cursor] = 0;
    return NO;
  },
  P,
);

/** Base pages from `addr` on that the same mapping has of [index, index + count). */
export const hugetlb_vma_overlap = value(
  'v_end_minus_v_start',
  ['addr', 'index', 'count'],
  (m, _t, addr, index, count) => overlap(m, addr, index, count),
);

function overlap(m: Machine, addr: number, index: number, count: number): number {
  const { layout: L, words: w } = m;
  const end = (addr & ~(L.pages - 1)) + L.pages;
  const first = L.vpage(addr);
  let to = addr + PTES_PER_PMD;
  while (
    to < end &&
    mapsAt(m, to, index, count) &&
    w[L.vpage(to) + VPAGE.VMA] === w[first + VPAGE.VMA] &&
    w[L.vpage(to) + VPAGE.PGOFF] === w[first + VPAGE.PGOFF] + to - addr
  )
    to += PTES_PER_PMD;
  return to - addr;
}

/** Next huge page of [index, index + count) in the page cache, with a reference. */
export const hugetlb_pagevec_lookup = test(
  'pagevec_lookup_range',
  ['index', 'count', '>cursor', '>page'],
  (m, _t, index, count, cursor, out) => {
    for (let i = m.words[cursor]; i < count; i += PTES_PER_PMD) {
      const cached = m.words[m.layout.fileAt(index + i) + FILE.CACHE];
      if (cached === 0) continue;
      m.words[out] = cached - 1;
      m.words[cursor] = i + PTES_PER_PMD;
      m.words[m.layout.frameAt(cached - 1) + FRAME.REF]++;
      return DONE;
    }
    m.words[cursor] = 0;
    return NO;
  },
);

/** The locked page leaves the file (delete_from_page_cache), which has a hole there: zeros. */
export const remove_huge_page = verb('remove_huge_page', ['page'], removeHugePage);

function removeHugePage(m: Machine, t: number, page: number): number {
  if ((m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.FILE) === 0) {
    m.observer.misused(m, t, 'a page is taken out of a file that it has left'); // page_mapping is NULL
    return DONE;
  }
  for (let i = 0; i < PTES_PER_PMD; i++) {
    const at = m.layout.frameAt(page + i);
    const file = m.layout.fileAt(m.words[at + FRAME.INDEX]);
    m.words[file + FILE.CACHE] = 0;
    for (let k = 0; k < PAGE_WORDS; k++) m.words[file + FILE.S + k] = 0;
    m.words[at + FRAME.FLAGS] &= ~(PG.FILE | PG.DIRTY);
  }
  putPage(m, t, page);
  return DONE;
}

/**
 * The same for a page that a hardware error took (hugetlbfs_error_remove_page): what was in it is zeros from here on, by
 * purpose.
 */
export const hugetlbfs_error_remove_page = verb('hugetlbfs_error_remove_page', ['page'], (m, t, page) => {
  const answer = removeHugePage(m, t, page);
  for (let i = 0; i < PTES_PER_PMD; i++) m.observer.poisoned(m, t, page + i);
  return answer;
});

/** The new page fills the hole of the shared mapping at `addr`, and is locked; NO when a page is there by now (-EEXIST). */
export const huge_add_to_page_cache = test(
  'huge_add_to_page_cache',
  ['page', 'addr'],
  (m, t, page, addr) => {
    const { layout: L, words: w } = m;
    const index = w[L.vpage(addr) + VPAGE.PGOFF];
    if (w[L.fileAt(index) + FILE.CACHE] !== 0) return NO;
    for (let i = 0; i < PTES_PER_PMD; i++) {
      w[L.frameAt(page + i) + FRAME.FLAGS] |= PG.FILE;
      w[L.frameAt(page + i) + FRAME.INDEX] = index + i;
      w[L.fileAt(index + i) + FILE.CACHE] = page + i + 1;
    }
    w[L.frameAt(page) + FRAME.REF]++;
    w[L.frameAt(page) + FRAME.LOCK] = t + 1;
    w[L.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_lock', of: 0 } },
);
