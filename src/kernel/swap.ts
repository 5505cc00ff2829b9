import { FRAME, SWAP } from '../machine/layout.js';
import { PAGE_WORDS } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { PG, putPage } from './page.js';
import { highestMapcount, pageMapcount } from './rmap.js';
import { headOf } from './walk.js';

/** Swap slots and the swap cache: mm/swapfile.c and mm/swap_state.c, v4.14. The page lock guards the swap cache. */

function slotOf(m: Machine, page: number): number {
  return m.words[m.layout.frameAt(headOf(m, page)) + FRAME.SWAP] - 1;
}

function freeSlotIfUnused(m: Machine, slot: number): void {
  const at = m.layout.swapAt(slot);
  if (m.words[at + SWAP.COUNT] === 0 && m.words[at + SWAP.CACHE] === 0) m.words.fill(0, at, at + SWAP.SIZE);
}

export const PageSwapCache = test('PageSwapCache', ['page'], (m, _t, page) =>
  slotOf(m, page) >= 0 ? DONE : NO,
);
/** 1 for a page in the swap cache, whose reference is one of the page's. */
export const in_swap_cache = value('PageSwapCache_as_number', ['page'], (m, _t, page) =>
  slotOf(m, page) >= 0 ? 1 : 0,
);
/** Swap slot of a page in the swap cache (page_private). */
export const page_swap_slot = value('page_private', ['page'], (m, _t, page) => slotOf(m, page));

/** Gives the locked page a slot and puts it into the swap cache, dirty; NO when swap is full. */
export const add_to_swap = test('add_to_swap', ['page'], (m, _t, page) => {
  for (let s = 0; s < m.layout.geometry.swapSlots; s++) {
    const at = m.layout.swapAt(s);
    if (m.words[at + SWAP.COUNT] !== 0 || m.words[at + SWAP.CACHE] !== 0) continue;
    m.words[at + SWAP.CACHE] = page + 1;
    m.words[m.layout.frameAt(page) + FRAME.SWAP] = s + 1;
    m.words[m.layout.frameAt(page) + FRAME.FLAGS] |= PG.DIRTY;
    m.words[m.layout.frameAt(page) + FRAME.REF]++;
    return DONE;
  }
  return NO;
});

/** One more entry refers to the slot. */
export const swap_duplicate = verb('swap_duplicate', ['slot'], (m, _t, slot) => {
  m.words[m.layout.swapAt(slot) + SWAP.COUNT]++;
  return DONE;
});
export const swap_free = verb('swap_free', ['slot'], (m, t, slot) => {
  if (--m.words[m.layout.swapAt(slot) + SWAP.COUNT] < 0)
    m.observer.misused(m, t, 'a swap slot is freed that nobody refers to');
  freeSlotIfUnused(m, slot);
  return DONE;
});
/** An entry goes away: drops its count, and the cached page with the last one when nobody else holds it. */
export const free_swap_and_cache = verb('free_swap_and_cache', ['slot'], (m, t, slot) => {
  const at = m.layout.swapAt(slot);
  if (--m.words[at + SWAP.COUNT] < 0) m.observer.misused(m, t, 'a swap slot is freed that nobody refers to');
  if (m.words[at + SWAP.COUNT] === 0 && m.words[at + SWAP.CACHE] !== 0) {
    const page = m.words[at + SWAP.CACHE] - 1;
    const f = m.layout.frameAt(page);
    if (
      m.words[f + FRAME.LOCK] === 0 &&
      pageMapcount(m, page) === 0 &&
      (m.words[f + FRAME.FLAGS] & PG.WRITEBACK) === 0
    )
      deleteFromSwapCache(m, t, page);
  }
  freeSlotIfUnused(m, slot);
  return DONE;
});

function deleteFromSwapCache(m: Machine, t: number, page: number): void {
  const f = m.layout.frameAt(page);
  const slot = m.words[f + FRAME.SWAP] - 1;
  if (slot < 0) return;
  m.words[f + FRAME.SWAP] = 0;
  m.words[m.layout.swapAt(slot) + SWAP.CACHE] = 0;
  freeSlotIfUnused(m, slot);
  m.words[f + FRAME.FLAGS] |= PG.DIRTY;
  putPage(m, t, page);
}

export const delete_from_swap_cache = verb('delete_from_swap_cache', ['page'], (m, t, page) => {
  deleteFromSwapCache(m, t, page);
  return DONE;
});
/** Leaves the swap cache when no entry refers to the slot any more; NO otherwise. Called with the page locked. */
export const try_to_free_swap = test('try_to_free_swap', ['page'], (m, t, page) => {
  const slot = slotOf(m, page);
  if (slot < 0) return NO;
  if ((m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.WRITEBACK) !== 0) return NO;
  if (m.words[m.layout.swapAt(slot) + SWAP.COUNT] !== 0) return NO;
  deleteFromSwapCache(m, t, page);
  return DONE;
});

/** mapcount plus swap count is at most one: this mapping is the only user (reuse_swap_page, v4.14; page locked). */
export const reuse_swap_page = test('reuse_swap_page', ['page'], (m, t, page) => {
  const flags = m.words[m.layout.frameAt(headOf(m, page)) + FRAME.FLAGS];
  if ((flags & PG.KSM) !== 0) return NO;
  const slot = slotOf(m, page);
  const count = highestMapcount(m, page) + (slot < 0 ? 0 : m.words[m.layout.swapAt(slot) + SWAP.COUNT]);
  if (count > 1) return NO;
  if (slot >= 0 && count === 1 && m.words[m.layout.swapAt(slot) + SWAP.COUNT] === 0) {
    if ((flags & PG.WRITEBACK) === 0) deleteFromSwapCache(m, t, page);
  }
  return DONE;
});

/** Page of the slot in the swap cache, with a reference taken; NO when it is not cached. */
export const lookup_swap_cache = test('lookup_swap_cache', ['slot', '>page'], (m, _t, slot, out) => {
  const cached = m.words[m.layout.swapAt(slot) + SWAP.CACHE];
  if (cached === 0) return NO;
  m.words[out] = cached - 1;
  m.words[m.layout.frameAt(cached - 1) + FRAME.REF]++;
  return DONE;
});
/** Puts a fresh page, which this thread has locked, into the swap cache; NO when somebody was first or the slot is gone. */
export const add_to_swap_cache = test('add_to_swap_cache', ['page', 'slot'], (m, _t, page, slot) => {
  const at = m.layout.swapAt(slot);
  if (m.words[at + SWAP.CACHE] !== 0 || m.words[at + SWAP.COUNT] === 0) return NO;
  m.words[at + SWAP.CACHE] = page + 1;
  const f = m.layout.frameAt(page);
  m.words[f + FRAME.SWAP] = slot + 1;
  m.words[f + FRAME.REF]++;
  m.words[f + FRAME.FLAGS] |= PG.NOT_UPTODATE; // until it is read
  return DONE;
});
/** Reads the slot's contents into the page. The read is one step (docs/fidelity.md). */
export const swap_readpage = verb('swap_readpage', ['page', 'slot'], (m, _t, page, slot) => {
  for (let i = 0; i < PAGE_WORDS; i++)
    m.words[m.layout.frameAt(page) + FRAME.W + i] = m.words[m.layout.swapAt(slot) + SWAP.S + i]!;
  m.words[m.layout.frameAt(page) + FRAME.FLAGS] &= ~PG.NOT_UPTODATE;
  return DONE;
});
/** Writes the page to its slot. */
export const swap_writepage = verb('swap_writepage', ['page'], (m, _t, page) => {
  const slot = slotOf(m, page);
  if (slot < 0) return DONE;
  for (let i = 0; i < PAGE_WORDS; i++)
    m.words[m.layout.swapAt(slot) + SWAP.S + i] = m.words[m.layout.frameAt(page) + FRAME.W + i]!;
  return DONE;
});

/** An anonymous page outside the swap cache may be dropped while it is clean (mm/swap.c; there a little later). */
export const mark_page_lazyfree = verb('mark_page_lazyfree', ['page'], (m, _t, page) => {
  const at = m.layout.frameAt(headOf(m, page));
  const wanted = PG.ANON | PG.SWAPBACKED;
  if ((m.words[at + FRAME.FLAGS] & wanted) === wanted && m.words[at + FRAME.SWAP] === 0)
    m.words[at + FRAME.FLAGS] &= ~PG.SWAPBACKED;
  return DONE;
});

/** Waits for the end of writeback of the page. */
export const wait_on_page_writeback = verb(
  'wait_on_page_writeback',
  ['page'],
  (m, _t, page) =>
    (m.words[m.layout.frameAt(headOf(m, page)) + FRAME.FLAGS] & PG.WRITEBACK) !== 0 ? BLOCKED : DONE,
  { sleeps: true },
);

/**
 * Takes the page out of the swap cache if its references are only the cache's and the caller's and it is clean:
 * __remove_mapping (mm/vmscan.c, v4.14) freezes the count, so this is one step. NO when somebody else holds it.
 */
export const remove_mapping_swap = test('__remove_mapping', ['page'], (m, _t, page) => {
  const f = m.layout.frameAt(page);
  if (m.words[f + FRAME.REF] !== 2 || (m.words[f + FRAME.FLAGS] & PG.DIRTY) !== 0) return NO;
  const slot = m.words[f + FRAME.SWAP] - 1;
  if (slot < 0) return NO;
  m.words[f + FRAME.SWAP] = 0;
  m.words[m.layout.swapAt(slot) + SWAP.CACHE] = 0;
  m.words[f + FRAME.REF]--;
  freeSlotIfUnused(m, slot);
  return DONE;
});
