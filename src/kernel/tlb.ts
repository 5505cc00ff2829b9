import { MM, THREAD } from '../machine/layout.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { number } from '../program/build.js';
import type { Arg, Do } from '../program/step.js';
import { PTE } from './entry.js';

/**
 * CPU TLBs and what the kernel does to them: arch/x86/mm/tlb.c, v4.14. A flush is a round of IPIs that has ended when
 * the call returns; an INVLPG inside a huge translation drops all of it.
 */

/** Hot. Drops what agent `u` caches of the pages [addr, addr + count) of its mm. */
export function dropRange(m: Machine, u: number, addr: number, count: number): void {
  const w = m.words;
  const L = m.layout;
  const tlb = L.tlbAt(u);
  const page = addr & (L.pages - 1);
  const last = Math.min(page + count, L.pages) - 1;
  for (let p = page; p <= last; p++) w[tlb + p] = 0;
  for (let h = page >> 2; h <= last >> 2; h++) w[tlb + L.pages + h] = 0;
}

export function dropAll(m: Machine, u: number): void {
  const tlb = m.layout.tlbAt(u);
  m.words.fill(0, tlb, tlb + m.layout.tlbSize);
}

export function flushCpuRange(m: Machine, addr: number, count: number): void {
  const mm = addr >> m.layout.pagesShift;
  for (let u = 0; u < m.layout.geometry.cpus; u++) {
    if (m.words[m.layout.threadAt(u) + THREAD.MM] === mm) dropRange(m, u, addr, count);
  }
}

export function flushCpuMm(m: Machine, mm: number): void {
  for (let u = 0; u < m.layout.geometry.cpus; u++) {
    if (m.words[m.layout.threadAt(u) + THREAD.MM] === mm) dropAll(m, u);
  }
}

/** flush_tlb_page and flush_tlb_range: `count` base pages from `addr` on. */
export const flush_tlb_range = verb('flush_tlb_range', ['addr', 'count'], (m, _t, addr, count) => {
  flushCpuRange(m, addr, count);
  return DONE;
});
export const flush_pmd_tlb_range = (addr: Arg): Do => flush_tlb_range(addr, number(PTES_PER_PMD));

export const flush_tlb_mm = verb('flush_tlb_mm', ['addr'], (m, _t, addr) => {
  flushCpuMm(m, addr >> m.layout.pagesShift);
  return DONE;
});

/** The local flush of one page by the faulting CPU (update_mmu_cache, flush_tlb_fix_spurious_fault). */
export function dropLocal(m: Machine, t: number, addr: number): void {
  if (t < m.layout.geometry.cpus && m.words[m.layout.threadAt(t) + THREAD.MM] === addr >> m.layout.pagesShift)
    dropRange(m, t, addr, 1);
}

/** A change of entries whose flush is still to come is counted, so that others flush for it. */
export const inc_tlb_flush_pending = verb('inc_tlb_flush_pending', ['addr'], (m, _t, addr) => {
  m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PENDING]++;
  return DONE;
});
export const dec_tlb_flush_pending = verb('dec_tlb_flush_pending', ['addr'], (m, _t, addr) => {
  m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PENDING]--;
  return DONE;
});

/** Bit of a thread's batch beside those of the mms: some entry in it was dirty, so CPUs may still write. */
const BATCH_WRITABLE = 1 << 8;

/** Another CPU runs the mm, so that its flush costs an IPI and is worth putting off (should_defer_flush). */
export const should_defer_flush = test(
  'should_defer_flush',
  ['addr'],
  (m, t, addr) => {
    const mm = addr >> m.layout.pagesShift;
    for (let u = 0; u < m.layout.geometry.cpus; u++)
      if (u !== t && m.words[m.layout.threadAt(u) + THREAD.MM] === mm) return DONE;
    return NO;
  },
  { private: true },
);

/** Reclaim's batch (mm/rmap.c, TTU_BATCH_FLUSH): the CPU flush of this mm is put off. */
export const set_tlb_ubc_flush_pending = verb(
  'set_tlb_ubc_flush_pending',
  ['addr', 'entry'],
  (m, t, addr, entry) => {
    const mm = addr >> m.layout.pagesShift;
    m.words[m.layout.threadAt(t) + THREAD.BATCH] |=
      (1 << mm) | ((entry & PTE.DIRTY) !== 0 ? BATCH_WRITABLE : 0);
    m.words[m.layout.mmAt(mm) + MM.BATCHED] = 1;
    return DONE;
  },
);

function flushBatch(m: Machine, t: number): void {
  const at = m.layout.threadAt(t) + THREAD.BATCH;
  const batch = m.words[at];
  for (let mm = 0; mm < m.layout.geometry.mms; mm++) if ((batch & (1 << mm)) !== 0) flushCpuMm(m, mm);
  m.words[at] = 0;
}

/** Flushes every mm of this thread's batch. */
export const try_to_unmap_flush = verb('try_to_unmap_flush', [], (m, t) => {
  flushBatch(m, t);
  return DONE;
});
/** The same, if CPUs may still write through what they cache. */
export const try_to_unmap_flush_dirty = verb('try_to_unmap_flush_dirty', [], (m, t) => {
  if ((m.words[m.layout.threadAt(t) + THREAD.BATCH] & BATCH_WRITABLE) !== 0) flushBatch(m, t);
  return DONE;
});

/** Somebody else's batched flush of this mm may be pending: flush for it (called under the page-table lock). */
export const flush_tlb_batched_pending = verb('flush_tlb_batched_pending', ['addr'], (m, _t, addr) => {
  const mm = addr >> m.layout.pagesShift;
  const at = m.layout.mmAt(mm) + MM.BATCHED;
  if (m.words[at] !== 0) {
    flushCpuMm(m, mm);
    m.words[at] = 0;
  }
  return DONE;
});
