import { DEVICE, KERNEL } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { isHuge, KIND_TABLE, kindOf, PTE, frameOf, tableEntry } from './entry.js';
import { UNTIL_FULL_FLUSH } from './cpu-tlb.js';
import { freeTable } from './gather.js';
import { allocTable } from './pgtable.js';
import { STATE, SUBSCRIBER } from './subscriber.js';

/**
 * The kernel half of the page table, which every mm shares: one PMD of the vmalloc area. CPUs and IOMMUs walk it to the
 * leaf and find there that it is not the user's; what they kept of the upper levels stays. mm/vmalloc.c, v5.15;
 * arch/x86/mm/pgtable.c, v5.15.
 */

const P = { private: true } as const;

/** The kernel's own mapping of 2M where a table could be. */
const HUGE = PTE.PRESENT | PTE.HUGE;

const kernelAt = (m: Machine, field: number): number => m.layout.kernel + field;

/** Takes the area of the PMD. NO when somebody has it: he is given other addresses, which are not modelled. */
export const alloc_vmap_area = test('alloc_vmap_area', [], (m, t) => {
  const at = kernelAt(m, KERNEL.AREA);
  if (m.words[at] !== 0) return NO;
  m.words[at] = t + 1;
  return DONE;
});
export const free_vmap_area = verb('free_vmap_area', [], (m) => {
  m.words[kernelAt(m, KERNEL.AREA)] = 0;
  return DONE;
});

/** A table of PTEs, if the PMD is none. */
export const pte_alloc_kernel = verb('pte_alloc_kernel', [], (m) => {
  const pmd = kernelAt(m, KERNEL.PMD);
  if (m.words[pmd] !== 0) return DONE;
  const table = allocTable(m);
  if (table >= 0) m.words[pmd] = tableEntry(table);
  return DONE;
});

/** vunmap leaves tables where they are: the next area finds one. */
export const kernel_pmd_present = test(
  'pmd_present',
  [],
  (m) => (m.words[kernelAt(m, KERNEL.PMD)] !== 0 ? DONE : NO),
  P,
);

/** Clears the PMD; `pgtable` is the table that it held. */
export const kernel_pmd_clear = verb('pmd_clear', ['>pgtable'], (m, _t, out) => {
  const pmd = kernelAt(m, KERNEL.PMD);
  m.words[out] = frameOf(m.words[pmd]);
  m.words[pmd] = 0;
  return DONE;
});
export const pmd_set_huge = verb('pmd_set_huge', [], (m) => {
  m.words[kernelAt(m, KERNEL.PMD)] = HUGE;
  return DONE;
});
/** vunmap_pmd_range: a huge mapping goes, a table stays. */
export const pmd_clear_huge = verb('pmd_clear_huge', [], (m) => {
  const pmd = kernelAt(m, KERNEL.PMD);
  if (isHuge(m.words[pmd])) m.words[pmd] = 0;
  return DONE;
});

/** The page-table page goes back to the allocator. */
export const free_kernel_table = verb('free_page', ['pgtable'], (m, _t, table) => {
  freeTable(m, table);
  return DONE;
});

/** CPUs drop what they keep of the kernel half, upper levels included (INVLPG); nobody else hears of it. */
export const flush_tlb_kernel_range = verb('flush_tlb_kernel_range', [], (m) => {
  if (m.hardware['cpu-walk-cache'] === UNTIL_FULL_FLUSH) return DONE;
  for (let u = 0; u < m.layout.geometry.cpus; u++) m.words[m.layout.kernelWalkAt(u)] = 0;
  return DONE;
});

/**
 * Every mm that a device is bound to: its secondary TLBs drop the kernel half (drivers/iommu/iommu-sva.c, v6.19: a worker
 * does it before it frees the queued tables).
 */
export const iommu_sva_invalidate_kva_range = verb('iommu_sva_invalidate_kva_range', [], (m) => {
  const L = m.layout;
  for (let d = 0; d < L.geometry.devices; d++) {
    const at = L.deviceAt(d);
    if (m.words[at + DEVICE.KIND] !== SUBSCRIBER.SVA || (m.words[at + DEVICE.STATE] & STATE.LISTED) === 0)
      continue;
    m.roundTrips++;
    m.words[L.kernelWalkAt(L.geometry.cpus + d)] = 0;
  }
  return DONE;
});

/** Hardware that keeps upper levels walks to a kernel address, and is refused at the leaf. */
export const walk_kernel_half = verb('walk_kernel_half', [], (m, t) => {
  const L = m.layout;
  const d = t - L.geometry.cpus;
  if (m.hardware[d < 0 ? 'cpu-walk-cache' : 'walk-cache'] === 0) return DONE;
  const device = L.deviceAt(Math.max(d, 0));
  if (d >= 0 && m.words[device + DEVICE.KIND] !== SUBSCRIBER.SVA) return DONE;
  if (d >= 0 && (m.words[device + DEVICE.STATE] & STATE.BOUND) === 0) return DONE;
  const at = L.kernelWalkAt(t);
  const pmd = m.words[kernelAt(m, KERNEL.PMD)];
  if ((m.words[at] & PTE.FREED) !== 0) m.observer.walkedFreed(m, t, -1, false);
  else if (m.words[at] === 0 && kindOf(pmd) === KIND_TABLE) m.words[at] = pmd;
  return DONE;
});
