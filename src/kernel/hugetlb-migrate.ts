import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { frameOf, isHuge, isPresent, KIND_MIGRATION, kindOf, PTE } from './entry.js';
import { PG, putPage } from './page.js';
import { isHugetlb, VM, VMA_HUGETLB_PRIVATE, VMA_HUGETLB_SHARED, vmaKind } from './vma.js';
import { pmdIndex } from './walk.js';

/** Migration of hugetlb pages: mm/hugetlb.c, mm/migrate.c and fs/hugetlbfs/inode.c, v4.14. */

/** Head of the hugetlb page behind `addr`, mapped there or in its file; -1 when there is none. */
export function hugetlbPageBehind(m: Machine, addr: number): number {
  const { words: w, layout: L } = m;
  const first = addr & ~(PTES_PER_PMD - 1);
  const vma = w[L.vpage(first) + VPAGE.VMA];
  if (!isHugetlb(vma)) return -1;
  const pmd = pmdIndex(m, first);
  const e = pmd < 0 ? 0 : w[pmd];
  if (isPresent(e) && isHuge(e)) return frameOf(e);
  return vmaKind(vma) === VMA_HUGETLB_SHARED
    ? w[L.fileAt(w[L.vpage(first) + VPAGE.PGOFF]) + FILE.CACHE] - 1
    : -1;
}

/**
 * The hugetlb page behind `addr`, off its list and with a reference (isolate_huge_page); NO when there is none, or somebody
 * else has it. Stands for the list of pages that its callers begin with; a page is on it from when its mapping is counted
 * (page_huge_active as cb6acd01e2e4, v5.0, has it).
 */
export const isolate_huge_page = test(
  'isolate_huge_page',
  ['addr', '>page'],
  (m, _t, addr, out) => {
    const { words: w, layout: L } = m;
    const page = hugetlbPageBehind(m, addr);
    if (page < 0) return NO;
    const flags = w[L.frameAt(page) + FRAME.FLAGS];
    if ((flags & (PG.ISOLATED | PG.HWPOISON)) !== 0 || (flags & (PG.ANON | PG.FILE)) === 0) return NO;
    w[L.frameAt(page) + FRAME.FLAGS] |= PG.ISOLATED;
    w[L.frameAt(page) + FRAME.REF]++;
    w[out] = page;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_ref', of: 1 } },
);
/** Puts the page back on its list and drops the reference; the last one frees it to the pool. */
export const putback_active_hugepage = verb(
  'putback_active_hugepage',
  ['page'],
  (m, t, page) => {
    m.words[m.layout.frameAt(page) + FRAME.FLAGS] &= ~PG.ISOLATED;
    putPage(m, t, page);
    return DONE;
  },
  { effect: { does: 'release', resource: 'page_ref', of: 0 } },
);

/** Flags that go with the contents. */
const MOVED = PG.ANON | PG.SWAPBACKED | PG.FILE | PG.DIRTY;

/**
 * migrate_huge_page_move_mapping and the page's state: `newpage` takes the place in the file while the count is frozen; NO
 * (-EAGAIN) when somebody else refers to the page. Both are locked.
 */
export const migrate_huge_page_move_mapping = test(
  'migrate_huge_page_move_mapping',
  ['newpage', 'page'],
  (m, _t, newpage, page) => {
    const { words: w, layout: L } = m;
    const cached = (w[L.frameAt(page) + FRAME.FLAGS] & PG.FILE) !== 0;
    if (w[L.frameAt(page) + FRAME.REF] !== (cached ? 2 : 1)) return NO;
    for (let i = 0; i < PTES_PER_PMD; i++) {
      const from = L.frameAt(page + i);
      const to = L.frameAt(newpage + i);
      w[to + FRAME.INDEX] = w[from + FRAME.INDEX];
      w[to + FRAME.FLAGS] |= w[from + FRAME.FLAGS] & MOVED;
      w[from + FRAME.FLAGS] &= ~(PG.DIRTY | PG.FILE);
      if (cached) w[L.fileAt(w[to + FRAME.INDEX]) + FILE.CACHE] = newpage + i + 1;
    }
    if (cached) {
      w[L.frameAt(newpage) + FRAME.REF]++;
      w[L.frameAt(page) + FRAME.REF]--;
    }
    return DONE;
  },
);

/** Copies a hugetlb page to its new place (copy_huge_page); the base pages of the copy are one step. */
export const copy_huge_page = verb('copy_huge_page', ['to', 'from'], (m, t, to, from) => {
  for (let k = 0; k < PTES_PER_PMD; k++) {
    const a = m.layout.frameAt(to + k) + FRAME.W;
    const b = m.layout.frameAt(from + k) + FRAME.W;
    for (let i = 0; i < PAGE_WORDS; i++) m.words[a + i] = m.words[b + i];
    m.observer.migrated(m, t, from + k, to + k);
  }
  return DONE;
});

/** Waits while the entry at the place is this migration entry and its page is locked: without a reference. */
export const migration_entry_wait_huge = verb(
  'migration_entry_wait_huge',
  ['ptep', 'entry'],
  (m, _t, ptep, entry) => {
    if (m.words[ptep] !== entry || kindOf(entry) !== KIND_MIGRATION) return DONE;
    return m.words[m.layout.frameAt(frameOf(entry)) + FRAME.LOCK] !== 0 ? BLOCKED : DONE;
  },
  { sleeps: true },
);

/** The page is one of hugetlbfs. */
export const PageHuge = test(
  'PageHuge',
  ['page'],
  (m, _t, page) => ((m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.HUGETLB) !== 0 ? DONE : NO),
  { private: true },
);
/** Base pages of the page: what try_to_unmap_one's bracket is over. Of a THP only base pages are asked for. */
export const compound_pages = value('compound_nr', ['page'], (m, _t, page) =>
  (m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.HUGETLB) !== 0 ? PTES_PER_PMD : 1,
);

/**
 * The entry of a hugetlb page (mk_pte with vm_page_prot, pte_mkhuge): of a shared mapping with the vma's write permission,
 * of a private one without. The entry of any other page is as it was given.
 */
export const make_hugetlb_entry = value('pte_mkhuge', ['entry', 'page', 'vma'], (m, _t, e, page, vma) => {
  if ((m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.HUGETLB) === 0) return e;
  const write = (vma & VM.WRITE) !== 0 && vmaKind(vma) !== VMA_HUGETLB_PRIVATE ? PTE.WRITE : 0;
  return e | PTE.HUGE | write;
});
