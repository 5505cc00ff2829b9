import { DEVICE, THREAD } from '../machine/layout.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { PTE } from './entry.js';
import { STATE, SUBSCRIBER } from './subscriber.js';
import { dropAll } from './cpu-tlb.js';
import { pmdIndex, pteIndex } from './walk.js';

/**
 * What the IOMMU driver's callback makes of an invalidation, and what the device does with it: the hardware switches
 * of machine/hardware that concern invalidations. Drivers read: drivers/iommu/intel-svm.c and amd_iommu_v2.c, v4.14.
 */

/** An access of device `d` is in progress (its PASID is active). */
export const ACTIVE = 1;
/** Software counted this device when its driver took a page request. */
export const COUNTED = 2;

/** The device has a TLB of the mm, and its subscription is on the list: nobody hears anything after release. */
function hears(m: Machine, at: number, mm: number): boolean {
  const w = m.words;
  return (
    w[at + DEVICE.MM] === mm &&
    w[at + DEVICE.KIND] === SUBSCRIBER.SVA &&
    (w[at + DEVICE.STATE] & STATE.LISTED) !== 0
  );
}

/** True when the invalidation of [addr, addr + count) can complete now; false when a posted write must land first. */
export function secondaryReady(m: Machine, addr: number, count: number): boolean {
  if (m.hardware['posted-writes'] !== 0) return true;
  const L = m.layout;
  const mm = addr >> L.pagesShift;
  for (let d = 0; d < L.geometry.devices; d++) {
    const at = L.deviceAt(d);
    if (!hears(m, at, mm)) continue;
    const post = m.words[at + DEVICE.POST_AT] - 1;
    if (post < 0) continue;
    // what a huge translation carries is drained with it, when any part of it is invalidated
    const huge = (m.words[at + DEVICE.POST_ENTRY] & PTE.HUGE) !== 0 && m.hardware['small-invalidation'] === 0;
    const first = huge ? post & ~(PTES_PER_PMD - 1) : post;
    const last = huge ? post | (PTES_PER_PMD - 1) : post;
    if (last >= addr && first < addr + Math.max(count, 1)) return false;
  }
  return true;
}

/** Invalidates [addr, addr + count) in every secondary TLB of the mm, as this case's hardware does it. */
export function invalidateSecondary(m: Machine, addr: number, count: number): void {
  const L = m.layout;
  const mm = addr >> L.pagesShift;
  for (let d = 0; d < L.geometry.devices; d++) {
    const at = L.deviceAt(d);
    if (!hears(m, at, mm)) continue;
    m.roundTrips++;
    if (m.hardware['inactive-pasid'] === 1 && (m.words[at + DEVICE.FLAGS] & ACTIVE) === 0) continue;
    if (m.hardware['flush-reach'] === 1 && (m.words[at + DEVICE.FLAGS] & COUNTED) === 0) continue;
    if (m.hardware.completion === 1) {
      const page = addr & (L.pages - 1);
      for (let i = 0; i < count; i++) m.words[at + DEVICE.LATER] |= 1 << (page + i);
      continue;
    }
    invalidateDevice(m, d, addr & (L.pages - 1), count);
  }
}

/** The separate sync of drivers that batch completions: queued invalidations take effect. */
export function syncSecondary(m: Machine, mm: number): void {
  const L = m.layout;
  for (let d = 0; d < L.geometry.devices; d++) {
    const at = L.deviceAt(d);
    if (m.words[at + DEVICE.MM] !== mm || m.words[at + DEVICE.KIND] !== SUBSCRIBER.SVA) continue;
    const later = m.words[at + DEVICE.LATER];
    if (later === 0) continue;
    m.words[at + DEVICE.LATER] = 0;
    for (let p = 0; p < L.pages; p++) if ((later & (1 << p)) !== 0) invalidateDevice(m, d, p, 1);
  }
}

function invalidateDevice(m: Machine, d: number, page: number, count: number): void {
  const L = m.layout;
  const t = L.geometry.cpus + d;
  let first = page;
  let last = Math.min(page + count, L.pages) - 1;
  if (count <= 0 || count >= L.pages) {
    if (m.hardware['empty-or-all'] === 1) return;
    first = 0;
    last = L.pages - 1;
  } else if (m.hardware.range === 1) {
    // the largest aligned power-of-two block that starts where the range starts, no longer than the range
    let size = 1;
    while (size * 2 <= count && page % (size * 2) === 0) size *= 2;
    last = page + size - 1;
  }
  if (first === 0 && last === L.pages - 1) {
    writeBackAll(m, t, L.tlbAt(t), L.tlbSize);
    dropAll(m, t);
    dropWalkCache(m, t, 0, L.pages / PTES_PER_PMD - 1);
    return;
  }
  const w = m.words;
  const tlb = L.tlbAt(t);
  for (let p = first; p <= last; p++) {
    if (w[tlb + p] !== 0) evict(m, t, tlb + p, p);
  }
  for (let h = first >> 2; h <= last >> 2; h++) {
    const at = tlb + L.pages + h;
    if (w[at] === 0) continue;
    const whole = first <= h * PTES_PER_PMD && last >= h * PTES_PER_PMD + PTES_PER_PMD - 1;
    if (whole || m.hardware['small-invalidation'] === 0) evict(m, t, at, h * PTES_PER_PMD);
  }
  // the range callback of the drivers read drops upper levels too (Intel: IH clear; SMMU: leaf false)
  if (m.hardware['walk-cache'] === 1) dropWalkCache(m, t, first >> 2, last >> 2);
}

function dropWalkCache(m: Machine, t: number, first: number, last: number): void {
  const at = m.layout.walkCacheAt(t);
  for (let h = first; h <= last; h++) {
    m.words[at + h] = 0;
    // what points to a table of PMDs serves the whole PUD region
    if ((m.words[at + (h ^ 1)] & PTE.HUGE) !== 0) m.words[at + (h ^ 1)] = 0;
  }
}

/** Drops one translation; hardware that writes dirty bits back late does it now. */
export function evict(m: Machine, t: number, at: number, page: number): void {
  writeBack(m, t, m.words[at], page);
  m.words[at] = 0;
}

function writeBackAll(m: Machine, t: number, tlb: number, size: number): void {
  if (m.hardware['dirty-bit'] === 0) return;
  for (let i = 0; i < size; i++) {
    const page = i < m.layout.pages ? i : (i - m.layout.pages) * PTES_PER_PMD;
    if (m.words[tlb + i] !== 0) writeBack(m, t, m.words[tlb + i], page);
  }
}

/** A late dirty bit goes to the entry that stands there now, if it is still present. */
function writeBack(m: Machine, t: number, entry: number, page: number): void {
  if ((entry & PTE.LATE) === 0) return;
  const addr = (m.words[m.layout.threadAt(t) + THREAD.MM] << m.layout.pagesShift) + page;
  const pte = pteIndex(m, addr);
  const place = pte >= 0 ? pte : pmdIndex(m, addr);
  if (place >= 0 && (m.words[place] & PTE.PRESENT) !== 0) m.words[place] |= PTE.DIRTY;
}
