import { GATHER_ROOM, MM, TABLE, THREAD } from '../machine/layout.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { expand, mutedSlot, slot } from '../program/build.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import type { Expand } from '../program/step.js';
import { frameOf, KIND_TABLE, kindOf, PTE } from './entry.js';
import { invalidateSecondary } from './iommu.js';
import { putPage } from './page.js';
import { flushCpuRange, ipiWaits, LEAF, TABLES } from './cpu-tlb.js';
import { pmdIndex } from './walk.js';

/**
 * struct mmu_gather: pages and page-table pages wait here until the TLBs have been flushed. One a thread.
 * After mm/memory.c and include/asm-generic/tlb.h, v4.14.
 */

const WHOLE_MM = 2;

const at = (m: Machine, t: number, field: number): number => m.layout.threadAt(t) + field;

function grow(m: Machine, t: number, addr: number, count: number): void {
  const w = m.words;
  const lo = at(m, t, THREAD.GATHER_LO);
  const hi = at(m, t, THREAD.GATHER_HI);
  if (w[hi] === 0) {
    w[lo] = addr;
    w[hi] = addr + count;
    return;
  }
  w[lo] = Math.min(w[lo], addr);
  w[hi] = Math.max(w[hi], addr + count);
}

/** Opens the gather; the mm counts one more flush that is still to come. */
export const tlb_gather_mmu = verb(
  'tlb_gather_mmu',
  ['addr'],
  (m, t, addr) => {
    m.words[at(m, t, THREAD.GATHER_FLAGS)] = 1;
    m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PENDING]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'gather' } },
);

/** The whole mm is torn down or walked: the flush is of everything (start 0, end -1). */
export const tlb_gather_fullmm = verb(
  'tlb_gather_fullmm',
  ['addr'],
  (m, t, addr) => {
    m.words[at(m, t, THREAD.GATHER_FLAGS)] = 1 | WHOLE_MM;
    m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PENDING]++;
    const first = addr & ~(m.layout.pages - 1);
    grow(m, t, first, m.layout.pages);
    return DONE;
  },
  { effect: { does: 'take', resource: 'gather' } },
);

/** Records `count` pages from `addr` on in the range to flush; private, the gather is this thread's. */
export const tlb_remove_tlb_entry = verb(
  'tlb_remove_tlb_entry',
  ['addr', 'count'],
  (m, t, addr, count) => {
    grow(m, t, addr, count);
    return DONE;
  },
  { private: true },
);

/** Queues the page: its reference is dropped after the flush. DONE when the batch has no more room. */
export const tlb_remove_page = test(
  '__tlb_remove_page',
  ['page'],
  (m, t, page) => {
    const w = m.words;
    const count = at(m, t, THREAD.GATHER_COUNT);
    w[at(m, t, THREAD.GATHER_PAGE) + w[count]] = page;
    w[count]++;
    const full = (w[at(m, t, THREAD.CHOICES)] & 32) !== 0; // choice gather-full
    return full || w[count] >= GATHER_ROOM ? DONE : NO;
  },
  { private: true },
);

export const gather_has_pages = test(
  'gather_has_pages',
  [],
  (m, t) => (m.words[at(m, t, THREAD.GATHER_COUNT)] > 0 ? DONE : NO),
  { private: true },
);

/** Something is to be flushed (tlb->end != 0). */
export const tlb_needs_flush = test(
  'tlb_end_nonzero',
  [],
  (m, t) => (m.words[at(m, t, THREAD.GATHER_HI)] !== 0 ? DONE : NO),
  { private: true },
);

const cpu_flush = verb('tlb_flush', [], (m, t) => {
  const lo = m.words[at(m, t, THREAD.GATHER_LO)];
  if (ipiWaits(m, t, lo >> m.layout.pagesShift)) return BLOCKED;
  const tables = m.words[at(m, t, THREAD.GATHER_TABLES)] !== 0;
  flushCpuRange(m, lo, m.words[at(m, t, THREAD.GATHER_HI)] - lo, tables ? TABLES : LEAF);
  return DONE;
});

function invalidateGathered(m: Machine, t: number): number {
  const lo = m.words[at(m, t, THREAD.GATHER_LO)];
  return invalidateSecondary(m, t, lo, m.words[at(m, t, THREAD.GATHER_HI)] - lo);
}
const device_flush = verb('mmu_notifier_invalidate_range', [], invalidateGathered);
const secondary_flush = verb('mmu_notifier_arch_invalidate_secondary_tlbs', [], invalidateGathered);

const reset_range = verb(
  '__tlb_reset_range',
  [],
  (m, t) => {
    m.words[at(m, t, THREAD.GATHER_LO)] = 0;
    m.words[at(m, t, THREAD.GATHER_HI)] = 0;
    return DONE;
  },
  { private: true },
);

/** Flushes CPU TLBs, then secondary TLBs, over the gathered range; from v6.6 tlb_flush does both. */
export const tlb_flush_mmu_tlbonly = (): Expand =>
  expand('tlb_flush_mmu_tlbonly', [], {
    flush: cpu_flush(),
    'in-flush': mutedSlot('in-flush', secondary_flush()),
    notify: slot('after-flush', device_flush()),
    reset: reset_range(),
  });

/** Drops the references of the queued pages, and frees the queued page-table pages. */
export const tlb_flush_mmu_free = verb('tlb_flush_mmu_free', [], (m, t) => {
  const w = m.words;
  const count = at(m, t, THREAD.GATHER_COUNT);
  const first = at(m, t, THREAD.GATHER_PAGE);
  const n = w[count];
  for (let i = 0; i < n; i++) {
    const page = w[first + i];
    w[first + i] = 0;
    putPage(m, t, page);
  }
  w[count] = 0;
  const tables = at(m, t, THREAD.GATHER_TABLES);
  for (let i = 0; i < m.layout.tablesCount; i++) if ((w[tables] & (1 << i)) !== 0) freeTable(m, i);
  w[tables] = 0;
  return DONE;
});

/** A page-table page has a user less, and goes back with the last. Walkers that still hold it are marked. */
export function freeTable(m: Machine, table: number): void {
  const L = m.layout;
  const w = m.words;
  if (--w[L.tableAt(table) + TABLE.COUNT] > 0) return; // shared by hugetlb mappings of other mms
  const caches = L.kernel - L.walkCache;
  for (let i = 0; i < caches; i++) {
    const e = w[L.walkCache + i];
    if (e !== 0 && frameOf(e) === table) w[L.walkCache + i] = e | PTE.FREED;
  }
  for (let u = 0; u < L.geometry.cpus; u++) {
    const walk = L.threadAt(u) + THREAD.GUP_TABLE;
    if (w[walk] !== 0 && frameOf(w[walk]) === table) w[walk] |= PTE.FREED;
  }
  const a = L.tableAt(table);
  w.fill(0, a, a + TABLE.SIZE);
}

/** Another thread has a flush of the same mm still to come (mm_tlb_flush_nested). */
export const mm_tlb_flush_nested = test('mm_tlb_flush_nested', ['addr'], (m, _t, addr) =>
  m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PENDING] > 1 ? DONE : NO,
);
export const mm_tlb_flush_pending = test('mm_tlb_flush_pending', ['addr'], (m, _t, addr) =>
  m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PENDING] > 0 ? DONE : NO,
);

/** Flush the whole range that the gather was opened for: others may have cleared entries in it. */
export const tlb_adjust_range = verb(
  '__tlb_adjust_range',
  ['addr', 'count'],
  (m, t, addr, count) => {
    grow(m, t, addr, count);
    return DONE;
  },
  { private: true },
);

/** Flush the whole mm of `addr`: from v5.2 what others may have cleared is not looked for. */
export const tlb_adjust_fullmm = verb(
  '__tlb_reset_range_fullmm',
  ['addr'],
  (m, t, addr) => {
    grow(m, t, addr & ~(m.layout.pages - 1), m.layout.pages);
    return DONE;
  },
  { private: true },
);

/** Closes the gather. */
export const tlb_gather_close = verb(
  'dec_tlb_flush_pending',
  ['addr'],
  (m, t, addr) => {
    m.words[at(m, t, THREAD.GATHER_FLAGS)] = 0;
    m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PENDING]--;
    return DONE;
  },
  { effect: { does: 'release', resource: 'gather' } },
);

/** Clears the PMD entry and queues its table of PTEs (free_pte_range); the gather grows by the first page only. */
export const pte_free_tlb = verb('pte_free_tlb', ['addr'], (m, t, addr) => {
  const pmd = pmdIndex(m, addr);
  const e = pmd < 0 ? 0 : m.words[pmd];
  if (kindOf(e) !== KIND_TABLE) return DONE;
  m.words[pmd] = 0;
  m.words[at(m, t, THREAD.GATHER_TABLES)] |= 1 << frameOf(e);
  grow(m, t, addr, 1);
  return DONE;
});

/** First page of the PMD that `addr` lies in. */
export const pmd_start = value('HPAGE_PMD_MASK', ['addr'], (_m, _t, addr) => addr & ~(PTES_PER_PMD - 1));
