import { THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';

/**
 * What a flush does to the words of the CPU TLBs; the verbs are those of kernel/tlb. A flush is a round of IPIs that has
 * ended when the call returns; an INVLPG inside a huge translation drops all of it. arch/x86/mm/tlb.c, v4.14.
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

/** The local flush of one page by the faulting CPU (update_mmu_cache, flush_tlb_fix_spurious_fault). */
export function dropLocal(m: Machine, t: number, addr: number): void {
  if (t < m.layout.geometry.cpus && m.words[m.layout.threadAt(t) + THREAD.MM] === addr >> m.layout.pagesShift)
    dropRange(m, t, addr, 1);
}
