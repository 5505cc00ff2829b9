import { PMDS_PER_PUD, PTES_PER_PMD } from '../machine/geometry.js';
import { TABLE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { frameOf, isHuge, isPresent, KIND_TABLE, kindOf, PTE, tableEntry } from './entry.js';
import { pmdIndex, pmdTable } from './walk.js';

/**
 * Upper levels of the page table that a walker keeps, one word a PMD: the table of PTEs, or, marked HUGE, the table of
 * PMDs. Who drops them, and when, is the hardware's: kernel/cpu-tlb for CPUs, kernel/iommu for devices.
 */

const LAST_PTE = PTES_PER_PMD - 1;

/** Place of the leaf entry of `addr` by a walk from the root; -1 when an upper level is none. */
export function leaf(m: Machine, addr: number): number {
  const pmd = pmdIndex(m, addr);
  return pmd < 0 ? -1 : below(m, pmd, addr);
}

/** The PMD entry at `pmd` itself, or the place of the PTE in its table. */
function below(m: Machine, pmd: number, addr: number): number {
  const e = m.words[pmd];
  if (kindOf(e) !== KIND_TABLE || isPresent(e)) return pmd;
  return m.layout.tableAt(frameOf(e)) + TABLE.ENTRY + (addr & LAST_PTE);
}

/** The same walk by agent `t`, through what it keeps; what it meets on the way is kept. */
export function walkThroughCache(m: Machine, t: number, addr: number, write: number): number {
  const L = m.layout;
  const at = L.walkCacheAt(t) + ((addr & (L.pages - 1)) >> 2);
  const cached = m.words[at];
  if (cached !== 0) {
    if ((cached & PTE.FREED) !== 0) m.observer.walkedFreed(m, t, addr, write !== 0);
    const table = L.tableAt(frameOf(cached)) + TABLE.ENTRY;
    return isHuge(cached)
      ? below(m, table + ((addr >> 2) & (PMDS_PER_PUD - 1)), addr)
      : table + (addr & LAST_PTE);
  }
  const pmd = pmdIndex(m, addr);
  if (pmd < 0) return -1;
  const e = m.words[pmd];
  if (kindOf(e) === KIND_TABLE && !isPresent(e)) m.words[at] = e;
  // a huge entry: the last table on the way is that of PMDs, which hugetlb may share
  else if (isHuge(e) && isPresent(e)) m.words[at] = tableEntry(pmdTable(m, addr)) | PTE.HUGE;
  return below(m, pmd, addr);
}

/** Agent `t` forgets the upper levels of the PMDs `first` to `last` of its mm. */
export function dropWalks(m: Machine, t: number, first: number, last: number): void {
  const at = m.layout.walkCacheAt(t);
  for (let h = first; h <= last; h++) {
    m.words[at + h] = 0;
    // what points to a table of PMDs serves the whole PUD region
    if ((m.words[at + (h ^ 1)] & PTE.HUGE) !== 0) m.words[at + (h ^ 1)] = 0;
  }
}
