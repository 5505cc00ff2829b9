import { MM, THREAD } from '../machine/layout.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { expand, mutedSlot, number } from '../program/build.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import type { Arg, Do, Expand } from '../program/step.js';
import { flushCpuMm, flushCpuRange, ipiWaits, LEAF, TABLES } from './cpu-tlb.js';
import { PTE } from './entry.js';
import {
  invalidate_secondary_tlbs,
  invalidate_secondary_tlbs_of_batch,
  invalidate_secondary_tlbs_of_mm,
} from './notifier.js';

/**
 * What the kernel does to the TLBs of CPUs: arch/x86/mm/tlb.c, v4.14. From v6.6 every flush is followed by that of the
 * secondary TLBs, inside the helper (mmu_notifier_arch_invalidate_secondary_tlbs): a slot `in-flush` stands in each.
 */

/** The slot inside a flush helper. */
const IN_FLUSH = 'in-flush';

/**
 * The CPU side of flush_tlb_range alone, as a part of verbs that flush. One page is flush_tlb_page, a `leaf` flush; more
 * may have lost tables (arch/arm64/include/asm/tlbflush.h, v4.14).
 */
export const flush_cpu_range = verb('flush_tlb_range', ['addr', 'count'], (m, t, addr, count) => {
  if (ipiWaits(m, t, addr >> m.layout.pagesShift)) return BLOCKED;
  flushCpuRange(m, addr, count, count === 1 ? LEAF : TABLES);
  return DONE;
});

/** What a verb that flushes [addr, addr + count) has as parts: the CPUs, then, from v6.6, the secondary TLBs. */
export const flushParts = (addr: Arg, count: Arg): Readonly<Record<string, Do>> => ({
  flush: flush_cpu_range(addr, count),
  [IN_FLUSH]: mutedSlot(IN_FLUSH, invalidate_secondary_tlbs(addr, count)),
});

/** flush_tlb_page and flush_tlb_range: `count` base pages from `addr` on. */
export const flush_tlb_range = (addr: Arg, count: Arg): Expand =>
  expand('flush_tlb_range', [addr, count], flushParts(addr, count));
export const flush_pmd_tlb_range = (addr: Arg): Expand => flush_tlb_range(addr, number(PTES_PER_PMD));

const flush_cpu_mm = verb('flush_tlb_mm', ['addr'], (m, t, addr) => {
  if (ipiWaits(m, t, addr >> m.layout.pagesShift)) return BLOCKED;
  flushCpuMm(m, addr >> m.layout.pagesShift);
  return DONE;
});
/** The whole mm of `addr`. */
export const flush_tlb_mm = (addr: Arg): Expand =>
  expand('flush_tlb_mm', [addr], {
    flush: flush_cpu_mm(addr),
    [IN_FLUSH]: mutedSlot(IN_FLUSH, invalidate_secondary_tlbs_of_mm(addr)),
  });

/** A change of entries whose flush is still to come is counted, so that others flush for it. */
export const inc_tlb_flush_pending = verb('inc_tlb_flush_pending', ['addr'], (m, _t, addr) => {
  m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PENDING]++;
  return DONE;
});
export const dec_tlb_flush_pending = verb('dec_tlb_flush_pending', ['addr'], (m, _t, addr) => {
  m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.PENDING]--;
  return DONE;
});

/** What a TLB may still allow, the new entry does not (arch/x86/include/asm/tlbflush.h, v5.19; rights alone). */
export const pte_needs_flush = test(
  'pte_needs_flush',
  ['old', 'entry'],
  (_m, _t, old, entry) => {
    if ((old & PTE.PRESENT) === 0) return NO;
    const cleared = old & ~entry & (PTE.PRESENT | PTE.DIRTY);
    const changed = (old ^ entry) & (PTE.WRITE | PTE.PROTNONE);
    return (cleared | changed) !== 0 ? DONE : NO;
  },
  { private: true },
);

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

const add_pending = verb('set_tlb_ubc_flush_pending', ['addr', 'entry'], (m, t, addr, entry) => {
  const mm = addr >> m.layout.pagesShift;
  m.words[m.layout.threadAt(t) + THREAD.BATCH] |=
    (1 << mm) | ((entry & PTE.DIRTY) !== 0 ? BATCH_WRITABLE : 0);
  m.words[m.layout.mmAt(mm) + MM.BATCHED] = 1;
  return DONE;
});
/**
 * Reclaim's batch (mm/rmap.c, TTU_BATCH_FLUSH): the CPU flush of this mm is put off. The secondary TLBs are not: from
 * v6.6 arch_tlbbatch_add_pending of x86 invalidates the whole mm in them at once.
 */
export const set_tlb_ubc_flush_pending = (addr: Arg, entry: Arg): Expand =>
  expand('set_tlb_ubc_flush_pending', [addr, entry], {
    add: add_pending(addr, entry),
    [IN_FLUSH]: mutedSlot(IN_FLUSH, invalidate_secondary_tlbs_of_mm(addr)),
  });

function flushBatch(m: Machine, t: number): number {
  const at = m.layout.threadAt(t) + THREAD.BATCH;
  const batch = m.words[at];
  for (let mm = 0; mm < m.layout.geometry.mms; mm++)
    if ((batch & (1 << mm)) !== 0 && ipiWaits(m, t, mm)) return BLOCKED;
  for (let mm = 0; mm < m.layout.geometry.mms; mm++) if ((batch & (1 << mm)) !== 0) flushCpuMm(m, mm);
  m.words[at] = 0;
  return DONE;
}

/** Flushes every mm of this thread's batch from the CPUs (arch_tlbbatch_flush); the secondary TLBs hear nothing. */
export const try_to_unmap_flush = verb('try_to_unmap_flush', [], flushBatch);
/** The same, if CPUs may still write through what they cache. */
export const try_to_unmap_flush_dirty = verb('try_to_unmap_flush_dirty', [], (m, t) => {
  return (m.words[m.layout.threadAt(t) + THREAD.BATCH] & BATCH_WRITABLE) !== 0 ? flushBatch(m, t) : DONE;
});

const flush_pending = verb('flush_tlb_batched_pending', ['addr'], (m, t, addr) => {
  const mm = addr >> m.layout.pagesShift;
  const at = m.layout.mmAt(mm) + MM.BATCHED;
  if (m.words[at] !== 0) {
    if (ipiWaits(m, t, mm)) return BLOCKED;
    flushCpuMm(m, mm);
    m.words[at] = 0;
  }
  return DONE;
});
/**
 * Somebody else's batched flush of this mm may be pending: flush for it (called under the page-table lock). The
 * secondary TLBs come first here, where it is still known that there is something to flush; nobody sees the order.
 */
export const flush_tlb_batched_pending = (addr: Arg): Expand =>
  expand('flush_tlb_batched_pending', [addr], {
    [IN_FLUSH]: mutedSlot(IN_FLUSH, invalidate_secondary_tlbs_of_batch(addr)),
    flush: flush_pending(addr),
  });
