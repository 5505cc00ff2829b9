import { constant } from '../program/build.js';
import { FIRST_FRAME, PTES_PER_PMD } from '../machine/geometry.js';
import { DEVICE, FRAME, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { frameOf, isHuge, PTE } from './entry.js';
import { headOf, isZeroFrame, sleeps } from './walk.js';

/**
 * Page frames: allocation, references, the page lock, page flags. After include/linux/mm.h, mm/swap.c and
 * mm/page_alloc.c, v4.14. A compound page is 4 frames; its reference count and lock are the head's.
 */

export const PG = {
  ANON: 1,
  KSM: 2,
  DIRTY: 4,
  SWAPBACKED: 8,
  WRITEBACK: 16,
  HWPOISON: 32,
  HUGETLB: 64,
  RESERVED: 128,
  /** page->mapping is set: in a file's page cache. */
  FILE: 256,
  /** Device-private memory (ZONE_DEVICE). */
  DEVICE_PRIVATE: 512,
  /** PMD-mapped pages of a THP that were also split in some mm. */
  DOUBLE_MAP: 1024,
  /** Taken off the LRU lists (PG_lru is clear): reclaim and migration leave it to whoever did. */
  ISOLATED: 2048,
  /** PG_uptodate is clear: the contents are not to be used. */
  NOT_UPTODATE: 4096,
  ANON_EXCLUSIVE: 8192, // see kernel/anon-exclusive
  /** Pinned for writing by the one mm that has it, and not shared since (what PG_anon_exclusive says of pins, v5.19). */
  PINNED_OWN: 16384,
} as const;

export const PG_dirty = constant('PG_dirty', PG.DIRTY);
export const PG_swapbacked = constant('PG_swapbacked', PG.SWAPBACKED);
export const PG_writeback = constant('PG_writeback', PG.WRITEBACK);
export const PG_hwpoison = constant('PG_hwpoison', PG.HWPOISON);
export const PG_anon = constant('PG_anon', PG.ANON);
export const PG_ksm = constant('PG_ksm', PG.KSM);
export const PG_hugetlb = constant('PG_hugetlb', PG.HUGETLB);
export const PG_device_private = constant('PG_device_private', PG.DEVICE_PRIVATE);
export const PG_isolated = constant('PG_isolated', PG.ISOLATED);
export const PG_not_uptodate = constant('PG_not_uptodate', PG.NOT_UPTODATE);

const yes = (holds: boolean): number => (holds ? DONE : NO);

function claim(m: Machine, frame: number): void {
  const at = m.layout.frameAt(frame);
  m.words.fill(0, at, at + FRAME.SIZE);
  m.words[at + FRAME.KIND] = 1;
}

/** The lowest free frame, with one reference; -1 when there is none. */
export function allocFrame(m: Machine): number {
  for (let f = FIRST_FRAME; f < m.layout.framesCount; f++) {
    if (m.words[m.layout.frameAt(f) + FRAME.KIND] === 0) {
      claim(m, f);
      m.words[m.layout.frameAt(f) + FRAME.REF] = 1;
      return f;
    }
  }
  return -1;
}

/** The lowest free run of 4 aligned frames as a compound page; -1 when there is none. */
export function allocHuge(m: Machine): number {
  for (let f = FIRST_FRAME; f + PTES_PER_PMD <= m.layout.framesCount; f += PTES_PER_PMD) {
    let free = true;
    for (let i = 0; i < PTES_PER_PMD; i++) free &&= m.words[m.layout.frameAt(f + i) + FRAME.KIND] === 0;
    if (!free) continue;
    for (let i = 0; i < PTES_PER_PMD; i++) {
      claim(m, f + i);
      m.words[m.layout.frameAt(f + i) + FRAME.HEAD] = f + 1;
    }
    m.words[m.layout.frameAt(f) + FRAME.REF] = 1;
    return f;
  }
  return -1;
}

/** Gives a frame back. Whoever still caches it is marked: any use from now on is a use of a freed page. */
export function freeFrame(m: Machine, t: number, frame: number): void {
  m.observer.freeing(m, t, frame);
  const L = m.layout;
  const w = m.words;
  const tlbs = L.walkCache - L.tlb; // those of IOMMUs, too
  for (let i = 0; i < tlbs; i++) {
    const e = w[L.tlb + i];
    if (e !== 0 && covers(e, frame)) w[L.tlb + i] = e | PTE.FREED;
  }
  for (let d = 0; d < L.geometry.devices; d++) {
    const at = L.deviceAt(d);
    if (w[at + DEVICE.POST_AT] !== 0 && covers(w[at + DEVICE.POST_ENTRY], frame))
      w[at + DEVICE.POST_ENTRY] |= PTE.FREED;
    if (w[at + DEVICE.WALK_AT] !== 0 && covers(w[at + DEVICE.WALK_ENTRY], frame))
      w[at + DEVICE.WALK_ENTRY] |= PTE.FREED;
  }
  for (let u = L.thread + THREAD.PIN_ENTRY; u < L.mm; u += L.threadSize)
    if (w[u] !== 0 && covers(w[u], frame)) w[u] |= PTE.FREED; // pins
  const at = L.frameAt(frame);
  w.fill(0, at, at + FRAME.SIZE);
}

function covers(entry: number, frame: number): boolean {
  const f = frameOf(entry);
  return f === frame || (isHuge(entry) && frame > f && frame < f + PTES_PER_PMD);
}

const LOST_HUGE = PG.HUGETLB | PG.HWPOISON;

/** A hugetlb page that a hardware error took goes back to the pool, which never gives it out again. */
function keepInPool(m: Machine, t: number, head: number): void {
  for (let i = 0; i < PTES_PER_PMD; i++) {
    freeFrame(m, t, head + i);
    claim(m, head + i);
    const at = m.layout.frameAt(head + i);
    m.words[at + FRAME.FLAGS] = LOST_HUGE;
    m.words[at + FRAME.HEAD] = head + 1;
  }
}

/** Drops a reference of the page that `frame` belongs to, and frees it with the last one. */
export function putPage(m: Machine, t: number, frame: number): void {
  if (isZeroFrame(frame)) return;
  const head = headOf(m, frame);
  const at = m.layout.frameAt(head);
  const ref = --m.words[at + FRAME.REF];
  if (ref > 0) return;
  if (ref < 0) {
    m.observer.misused(m, t, 'a page reference is dropped that nobody holds');
    return;
  }
  if (m.words[at + FRAME.HEAD] === 0) freeFrame(m, t, head);
  else if ((m.words[at + FRAME.FLAGS] & LOST_HUGE) === LOST_HUGE) keepInPool(m, t, head);
  else for (let i = 0; i < PTES_PER_PMD; i++) freeFrame(m, t, head + i);
}

export const get_page = verb(
  'get_page',
  ['page'],
  (m, _t, page) => {
    if (!isZeroFrame(page)) m.words[m.layout.frameAt(headOf(m, page)) + FRAME.REF]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_ref', of: 0 } },
);

export const put_page = verb(
  'put_page',
  ['page'],
  (m, t, page) => {
    putPage(m, t, page);
    return DONE;
  },
  { effect: { does: 'release', resource: 'page_ref', of: 0 } },
);

/** A page for user memory, with one reference. NO when the allocation fails (a choice of the case, or none is left). */
export const alloc_page_vma = test(
  'alloc_page_vma',
  ['>page'],
  (m, t, out) => {
    if ((m.words[m.layout.threadAt(t) + THREAD.CHOICES] & 1) !== 0) return NO;
    const frame = allocFrame(m);
    if (frame < 0) return NO;
    m.words[out] = frame;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'page_ref', of: 0 } },
);

/** A transparent or hugetlb page of 4 base pages. */
export const alloc_huge_page = test(
  'alloc_huge_page',
  ['>page'],
  (m, t, out) => {
    if ((m.words[m.layout.threadAt(t) + THREAD.CHOICES] & 2) !== 0) return NO;
    const frame = allocHuge(m);
    if (frame < 0) return NO;
    m.words[out] = frame;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'page_ref', of: 0 } },
);

/** The zero page, small or huge: is_zero_pfn, is_huge_zero_page. */
export const page_is_zero = test('is_zero_pfn', ['page'], (_m, _t, page) => yes(isZeroFrame(page)), {
  private: true,
});
/** The entry maps memory that has a struct page: not the zero page, not a DAX pfn. */
export const vm_normal_page = test(
  'vm_normal_page',
  ['page'],
  (m, _t, page) => yes((m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.RESERVED) === 0),
  { private: true },
);
export const PageAnon = test(
  'PageAnon',
  ['page'],
  (m, _t, page) => yes((m.words[m.layout.frameAt(headOf(m, page)) + FRAME.FLAGS] & PG.ANON) !== 0),
  { private: true },
);
export const PageKsm = test('PageKsm', ['page'], (m, _t, page) =>
  yes((m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.KSM) !== 0),
);
export const PageLocked = test('PageLocked', ['page'], (m, _t, page) =>
  yes(m.words[m.layout.frameAt(headOf(m, page)) + FRAME.LOCK] !== 0),
);
export const PageFlag = test('PageFlag', ['page', 'flag'], (m, _t, page, flag) =>
  yes((m.words[m.layout.frameAt(headOf(m, page)) + FRAME.FLAGS] & flag) !== 0),
);
export const SetPageFlag = verb('SetPageFlag', ['page', 'flag'], (m, _t, page, flag) => {
  m.words[m.layout.frameAt(headOf(m, page)) + FRAME.FLAGS] |= flag;
  return DONE;
});
export const ClearPageFlag = verb('ClearPageFlag', ['page', 'flag'], (m, _t, page, flag) => {
  m.words[m.layout.frameAt(headOf(m, page)) + FRAME.FLAGS] &= ~flag;
  return DONE;
});
export const set_page_dirty = verb('set_page_dirty', ['page'], (m, _t, page) => {
  if (!isZeroFrame(page)) m.words[m.layout.frameAt(headOf(m, page)) + FRAME.FLAGS] |= PG.DIRTY;
  return DONE;
});
/** NO when the flag was clear already. */
export const TestClearPageDirty = test('TestClearPageDirty', ['page'], (m, _t, page) => {
  const at = m.layout.frameAt(headOf(m, page)) + FRAME.FLAGS;
  const was = (m.words[at] & PG.DIRTY) !== 0;
  m.words[at] &= ~PG.DIRTY;
  return yes(was);
});
/** The page that a huge page's references and lock are counted at; a base page itself. */
export const compound_head = value('compound_head', ['page'], (m, _t, page) => headOf(m, page));
export const PageTransHuge = test(
  'PageTransHuge',
  ['page'],
  (m, _t, page) => yes(m.words[m.layout.frameAt(page) + FRAME.HEAD] !== 0),
  { private: false },
);

/** Waits for the page lock. */
export const lock_page = verb(
  'lock_page',
  ['page'],
  (m, t, page) => {
    const at = m.layout.frameAt(headOf(m, page)) + FRAME.LOCK;
    if (m.words[at] !== 0) return BLOCKED;
    sleeps(m, t, 'lock_page');
    m.words[at] = t + 1;
    m.words[m.layout.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'page_lock', of: 0 } },
);

export const trylock_page = test(
  'trylock_page',
  ['page'],
  (m, t, page) => {
    const at = m.layout.frameAt(headOf(m, page)) + FRAME.LOCK;
    if (m.words[at] !== 0) return NO;
    m.words[at] = t + 1;
    m.words[m.layout.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_lock', of: 0 } },
);

export const unlock_page = verb(
  'unlock_page',
  ['page'],
  (m, t, page) => {
    const at = m.layout.frameAt(headOf(m, page)) + FRAME.LOCK;
    if (m.words[at] !== t + 1) {
      m.observer.misused(m, t, 'a page is unlocked by a thread that does not hold its lock');
      return DONE;
    }
    m.words[at] = 0;
    m.words[m.layout.threadAt(t) + THREAD.HELD]--;
    return DONE;
  },
  { effect: { does: 'release', resource: 'page_lock', of: 0 } },
);
