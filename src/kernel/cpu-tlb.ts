import { PTES_PER_PMD } from '../machine/geometry.js';
import { THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { dropWalks } from './walk-cache.js';

/**
 * What a flush does to the words of the CPU TLBs; the verbs are those of kernel/tlb. A flush is a round of IPIs that has
 * ended when the call returns; an INVLPG inside a huge translation drops all of it. arch/x86/mm/tlb.c, v4.14.
 */

/** A flush of entries alone, and one after which tables may go away. */
export const LEAF = 0;
export const TABLES = 1;

/** Switch `cpu-walk-cache`. */
const UNTIL_ANY_FLUSH = 1;
const UPPER_LEVELS = 2;
export const UNTIL_FULL_FLUSH = 3;

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

/** Another CPU of the mm has interrupts off (the lockless walk of get_user_pages_fast): the IPI of a flush waits for it. */
export function ipiWaits(m: Machine, t: number, mm: number): boolean {
  for (let u = 0; u < m.layout.geometry.cpus; u++) {
    const at = m.layout.threadAt(u);
    if (u !== t && m.words[at + THREAD.IRQS_OFF] !== 0 && m.words[at + THREAD.MM] === mm) return true;
  }
  return false;
}

/** `kind`: {@link LEAF} or {@link TABLES}; a flush of the whole mm is one of tables. */
export function flushCpuRange(m: Machine, addr: number, count: number, kind: number): void {
  const mm = addr >> m.layout.pagesShift;
  const walks = m.hardware['cpu-walk-cache'];
  for (let u = 0; u < m.layout.geometry.cpus; u++) {
    if (m.words[m.layout.threadAt(u) + THREAD.MM] !== mm) continue;
    dropRange(m, u, addr, count);
    if (walks !== 0) dropUpper(m, u, addr, count, kind);
  }
}

/** The upper levels that CPU `u` keeps, as its kind of hardware drops them. */
function dropUpper(m: Machine, u: number, addr: number, count: number, kind: number): void {
  const { pages } = m.layout;
  const walks = m.hardware['cpu-walk-cache'];
  const first = addr & (pages - 1);
  if (walks === UNTIL_ANY_FLUSH || count >= pages) dropWalks(m, u, 0, pages / PTES_PER_PMD - 1);
  else if (walks === UPPER_LEVELS && kind === TABLES)
    dropWalks(m, u, first >> 2, (Math.min(first + count, pages) - 1) >> 2);
}

export function flushCpuMm(m: Machine, mm: number): void {
  for (let u = 0; u < m.layout.geometry.cpus; u++) {
    if (m.words[m.layout.threadAt(u) + THREAD.MM] !== mm) continue;
    dropAll(m, u);
    dropWalks(m, u, 0, m.layout.pages / PTES_PER_PMD - 1);
  }
}

/** The local flush of one page by the faulting CPU (update_mmu_cache, flush_tlb_fix_spurious_fault). */
export function dropLocal(m: Machine, t: number, addr: number): void {
  if (
    t >= m.layout.geometry.cpus ||
    m.words[m.layout.threadAt(t) + THREAD.MM] !== addr >> m.layout.pagesShift
  )
    return;
  dropRange(m, t, addr, 1);
  if (m.hardware['cpu-walk-cache'] !== 0) dropUpper(m, t, addr, 1, LEAF);
}
