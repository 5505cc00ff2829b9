import { FILE, FRAME, SWAP, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { constant } from '../program/build.js';
import { DONE, NO } from '../program/primitive.js';
import { frameOf, isPresent, KIND_SWAP, kindOf } from './entry.js';
import { PG, putPage } from './page.js';
import { isShmemPage } from './shmem.js';
import { isFile } from './vma.js';
import { baseEntry } from './walk.js';

/**
 * Taking pages off the LRU lists: mm/vmscan.c and mm/swap.c, v4.14. The lists themselves are not modelled; a page that
 * somebody has isolated is flagged.
 */

const UNSUITED = PG.RESERVED | PG.HUGETLB | PG.ISOLATED | PG.DEVICE_PRIVATE;

/** The base page that stands behind `addr`, mapped or not; -1 when there is none. Compound pages are left alone. */
export function pageBehind(m: Machine, addr: number): number {
  const { words: w, layout: L } = m;
  const e = baseEntry(m, addr);
  let page = -1;
  if (isPresent(e)) page = frameOf(e);
  else if (kindOf(e) === KIND_SWAP) page = w[L.swapAt(frameOf(e)) + SWAP.CACHE] - 1;
  else if (e === 0) {
    const at = L.vpage(addr);
    if (isFile(w[at + VPAGE.VMA])) page = w[L.fileAt(w[at + VPAGE.PGOFF]) + FILE.CACHE] - 1;
  }
  return page < 0 || w[L.frameAt(page) + FRAME.HEAD] !== 0 ? -1 : page;
}

/**
 * Finds the page behind `addr` and takes it off its LRU list, with a reference; NO when there is none, or none that is on
 * a list. Stands for the list that reclaim and compaction begin with.
 */
export const isolate_lru_page = test(
  'isolate_lru_page',
  ['addr', '>page'],
  (m, _t, addr, out) => {
    const page = pageBehind(m, addr);
    if (page < 0) return NO;
    const at = m.layout.frameAt(page);
    if ((m.words[at + FRAME.FLAGS] & UNSUITED) !== 0 || isShmemPage(m, page)) return NO;
    m.words[at + FRAME.FLAGS] |= PG.ISOLATED;
    m.words[at + FRAME.REF]++;
    m.words[out] = page;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_ref', of: 1 } },
);

/** Puts the page back on its list and drops the reference; the last one frees it. */
export const putback_lru_page = verb(
  'putback_lru_page',
  ['page'],
  (m, t, page) => {
    m.words[m.layout.frameAt(page) + FRAME.FLAGS] &= ~PG.ISOLATED;
    putPage(m, t, page);
    return DONE;
  },
  { effect: { does: 'release', resource: 'page_ref', of: 0 } },
);

export const PAGE_KEEP = constant('PAGE_KEEP', 0);
export const PAGE_SUCCESS = constant('PAGE_SUCCESS', 1);
export const PAGE_CLEAN = constant('PAGE_CLEAN', 2);

export const TTU_MIGRATION = constant('TTU_MIGRATION', 1);
export const TTU_IGNORE_HWPOISON = constant('TTU_IGNORE_HWPOISON', 2);
export const TTU_BATCH_FLUSH = constant('TTU_BATCH_FLUSH', 4);
/** The caller holds the rmap lock for writing. */
export const TTU_RMAP_LOCKED = constant('TTU_RMAP_LOCKED', 8);
/** Only asks whether a vma keeps the page in memory (try_to_munlock). */
export const TTU_MUNLOCK = constant('TTU_MUNLOCK', 16);
