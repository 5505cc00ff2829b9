import { FRAME, THREAD, VPAGE } from '../machine/layout.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { frameOf, PTE } from './entry.js';
import { PG } from './page.js';
import { isCow, isFile, isHugetlb, VM } from './vma.js';
import { headOf, isZeroFrame } from './walk.js';

/**
 * Reverse mapping: who maps a page, and how often. After mm/rmap.c and include/linux/mm.h, v4.14. Counts are of
 * mappings (the kernel's _mapcount + 1); a compound page counts PMD mappings apart (compound_mapcount).
 */

function field(m: Machine, frame: number, f: number): number {
  return m.layout.frameAt(frame) + f;
}

/** Where the mappings of the page are counted: a hugetlb page is mapped as a whole. */
function counts(m: Machine, page: number): number {
  return (m.words[field(m, page, FRAME.FLAGS)] & PG.HUGETLB) !== 0 ? FRAME.CMAP : FRAME.MAP;
}

/** One more mm may map the page. */
function share(m: Machine, page: number): void {
  const n = counts(m, page) === FRAME.CMAP ? PTES_PER_PMD : 1;
  for (let i = 0; i < n; i++) m.words[field(m, page + i, FRAME.FLAGS)] &= ~PG.PINNED_OWN;
}

/** The mm of `addr` has pinned the page for writing. */
function isPinnedBy(m: Machine, page: number, addr: number): boolean {
  for (let t = 0; t < m.layout.threads; t++) {
    const at = m.layout.threadAt(t);
    const e = m.words[at + THREAD.PIN_ENTRY];
    if (
      (e & PTE.WRITE) !== 0 &&
      frameOf(e) === page &&
      ((m.words[at + THREAD.PIN_AT] - 1) ^ addr) < m.layout.pages
    )
      return true;
  }
  return false;
}

/** Anonymous page mapped for the first time: it belongs to the anon_vma from here on, at `addr`'s index. */
export const page_add_new_anon_rmap = verb(
  'page_add_new_anon_rmap',
  ['page', 'addr'],
  (m, _t, page, addr) => {
    const w = m.words;
    const index = w[m.layout.vpage(addr) + VPAGE.PGOFF];
    const compound = w[field(m, page, FRAME.HEAD)] !== 0;
    for (let i = 0; i < (compound ? PTES_PER_PMD : 1); i++) {
      w[field(m, page + i, FRAME.FLAGS)] |= PG.ANON | PG.SWAPBACKED;
      w[field(m, page + i, FRAME.INDEX)] = index + i;
    }
    w[field(m, page, FRAME.FLAGS)] |= PG.ANON_EXCLUSIVE;
    if (compound) w[field(m, page, FRAME.CMAP)]++;
    else w[field(m, page, FRAME.MAP)]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'rmap', of: 0 } },
);

/** An anonymous page is mapped again, after swap-in or migration: by a PTE of `addr`. */
export const page_add_anon_rmap = verb(
  'page_add_anon_rmap',
  ['page', 'addr'],
  (m, _t, page, addr) => {
    const w = m.words;
    // a page that was anonymous before, and perhaps freed lazily, stays what it was
    if ((w[field(m, page, FRAME.FLAGS)] & (PG.ANON | PG.KSM)) === 0) {
      w[field(m, page, FRAME.FLAGS)] |= PG.ANON | PG.SWAPBACKED;
      w[field(m, page, FRAME.INDEX)] = w[m.layout.vpage(addr) + VPAGE.PGOFF]!;
    }
    if (!isPinnedBy(m, page, addr)) share(m, page);
    w[field(m, page, counts(m, page))]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'rmap', of: 0 } },
);

/** One more entry maps the page, a PMD if it is `compound`. */
export function mapOnce(m: Machine, page: number, compound: boolean): void {
  if (!isZeroFrame(page)) m.words[field(m, page, compound ? FRAME.CMAP : counts(m, page))]++;
}

/** One more PTE maps the page (page_add_anon_rmap, page_dup_rmap, page_add_file_rmap). */
export const page_dup_rmap = verb(
  'page_dup_rmap',
  ['page'],
  (m, _t, page) => {
    if (isZeroFrame(page)) return DONE;
    share(m, page);
    mapOnce(m, page, false);
    return DONE;
  },
  { effect: { does: 'take', resource: 'rmap', of: 0 } },
);
/** One more PMD maps the compound page. */
export const page_dup_compound_rmap = verb(
  'page_dup_compound_rmap',
  ['page'],
  (m, _t, page) => {
    if (isZeroFrame(page)) return DONE;
    for (let i = 0; i < PTES_PER_PMD; i++) share(m, page + i);
    mapOnce(m, page, true);
    return DONE;
  },
  { effect: { does: 'take', resource: 'rmap', of: 0 } },
);

export const page_remove_rmap = verb(
  'page_remove_rmap',
  ['page'],
  (m, t, page) => {
    if (isZeroFrame(page)) return DONE;
    if (--m.words[field(m, page, counts(m, page))] < 0)
      m.observer.misused(m, t, 'a page mapping is removed that was not counted');
    return DONE;
  },
  { effect: { does: 'release', resource: 'rmap', of: 0 } },
);
export const page_remove_compound_rmap = verb(
  'page_remove_compound_rmap',
  ['page'],
  (m, t, page) => {
    if (isZeroFrame(page)) return DONE;
    if (--m.words[field(m, page, FRAME.CMAP)] < 0)
      m.observer.misused(m, t, 'a page mapping is removed that was not counted');
    return DONE;
  },
  { effect: { does: 'release', resource: 'rmap', of: 0 } },
);

/** Mappings of one base page: its own, and those of the compound page it belongs to (page_mapcount). */
export function pageMapcount(m: Machine, page: number): number {
  const head = headOf(m, page);
  const own = m.words[field(m, page, FRAME.MAP)];
  return m.words[field(m, page, FRAME.HEAD)] === 0 ? own : own + m.words[field(m, head, FRAME.CMAP)];
}

/** The highest map count of any base page of the page (page_trans_huge_mapcount). */
export function highestMapcount(m: Machine, page: number): number {
  if (m.words[field(m, page, FRAME.HEAD)] === 0) return m.words[field(m, page, FRAME.MAP)];
  const head = headOf(m, page);
  let most = 0;
  for (let i = 0; i < PTES_PER_PMD; i++) most = Math.max(most, m.words[field(m, head + i, FRAME.MAP)]);
  return most + m.words[field(m, head, FRAME.CMAP)];
}

/** Mappings of the whole page, compound or not (page_mapped, total_mapcount). */
export function totalMapcount(m: Machine, page: number): number {
  const head = headOf(m, page);
  if (m.words[field(m, page, FRAME.HEAD)] === 0) return m.words[field(m, page, FRAME.MAP)];
  let sum = m.words[field(m, head, FRAME.CMAP)];
  for (let i = 0; i < PTES_PER_PMD; i++) sum += m.words[field(m, head + i, FRAME.MAP)];
  return sum;
}

export const page_mapped = test('page_mapped', ['page'], (m, _t, page) =>
  totalMapcount(m, page) > 0 ? DONE : NO,
);
export const page_mapcount_is = test('page_mapcount_equals', ['page', 'n'], (m, _t, page, n) =>
  pageMapcount(m, page) === n ? DONE : NO,
);
/** page_count: references of the whole page. */
export const page_count_is = test('page_count_equals', ['page', 'n'], (m, _t, page, n) =>
  m.words[field(m, headOf(m, page), FRAME.REF)] === n ? DONE : NO,
);
export const page_count_above = test('page_count_above', ['page', 'n'], (m, _t, page, n) =>
  m.words[field(m, headOf(m, page), FRAME.REF)] > n ? DONE : NO,
);
/**
 * The page has `n` references; or it was pinned for writing and not shared since: then it is its mm's own, whoever holds a
 * reference (PageAnonExclusive, 6c287605fd56, v5.19).
 */
export const page_is_alone = test(
  'page_count_equals_or_PageAnonExclusive',
  ['page', 'n'],
  (m, _t, page, n) => {
    const whole = m.words[field(m, page, FRAME.CMAP)] > 0 ? PTES_PER_PMD : 1;
    for (let i = 0; i < whole; i++)
      if ((m.words[field(m, page + i, FRAME.FLAGS)] & PG.PINNED_OWN) !== 0) return DONE;
    return m.words[field(m, headOf(m, page), FRAME.REF)] === n ? DONE : NO;
  },
);
export const page_mapcount = value('page_mapcount', ['page'], (m, _t, page) => pageMapcount(m, page));

/**
 * Next address that the rmap knows for the page (rmap_walk): a linked vma whose offset is the page's index. A KSM page
 * is looked for at every mergeable address. `cursor` counts addresses; the rmap lock keeps the vmas still.
 */
export const rmap_walk = test(
  'rmap_walk',
  ['page', '>cursor', '>addr'],
  (m, _t, page, cursor, out) => {
    const w = m.words;
    const L = m.layout;
    const head = headOf(m, page);
    const flags = w[field(m, page, FRAME.FLAGS)];
    const index = w[field(m, page, FRAME.INDEX)];
    const compound = head === page && w[field(m, page, FRAME.HEAD)] !== 0 && (flags & PG.FILE) === 0;
    const total = L.geometry.mms * L.pages;
    for (let addr = w[cursor]; addr < total; addr++) {
      const at = L.vpage(addr);
      const vma = w[at + VPAGE.VMA];
      if ((vma & VM.LINKED) === 0) continue;
      if (
        (flags & PG.KSM) !== 0
          ? (vma & VM.MERGEABLE) === 0
          : !suits(flags, vma) || w[at + VPAGE.PGOFF] !== index
      )
        continue;
      w[out] = addr;
      // a huge page is visited once a PMD
      w[cursor] = compound ? (addr & ~(PTES_PER_PMD - 1)) + PTES_PER_PMD : addr + 1;
      return DONE;
    }
    w[cursor] = 0;
    return NO;
  },
  { private: true },
);

/** An anonymous page lives in anonymous or private mappings, a file page in mappings of files. */
function suits(flags: number, vma: number): boolean {
  if ((flags & PG.HUGETLB) !== 0) return isHugetlb(vma) && isCow(vma) === ((flags & PG.ANON) !== 0);
  if (isHugetlb(vma)) return false;
  return (flags & PG.ANON) !== 0 ? isCow(vma) : isFile(vma);
}
