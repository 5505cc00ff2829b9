import { DEVICE, THREAD } from '../machine/layout.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { AGAIN, BLOCKED, DONE } from '../program/primitive.js';
import { PTE } from './entry.js';
import { STATE, SUBSCRIBER } from './subscriber.js';
import { dropAll } from './cpu-tlb.js';
import { pmdIndex, pteIndex } from './walk.js';
import { dropWalks } from './walk-cache.js';

/**
 * What the IOMMU driver's callback makes of an invalidation, and what the device does with it: the hardware switches
 * of machine/hardware that concern invalidations. Drivers read: drivers/iommu/intel-svm.c and amd_iommu_v2.c, v4.14.
 */

/** An access of device `d` is in progress (its PASID is active). */
export const ACTIVE = 1;
/** Software counted this device when its driver took a page request. */
export const COUNTED = 2;

/** Every IOMMU. */
const ALL = -1;
/** Switch `iotlb`. */
const FLUSHED_FIRST = 1;

/** The IOMMU that device `d` is behind. */
const iommuOf = (m: Machine, d: number): number => (m.hardware.iommus === 0 ? 0 : d);

/** First word of what the IOMMU of device thread `t` keeps of its mm; only where IOMMUs keep something. */
export function iotlbOf(m: Machine, t: number): number {
  const d = t - m.layout.geometry.cpus;
  return m.layout.iotlbAt(iommuOf(m, d), m.words[m.layout.deviceAt(d) + DEVICE.MM]);
}

/** What agent `u` would be given for `addr` without a walk; 0 for CPUs, and where IOMMUs keep nothing. */
export function keptByIommu(m: Machine, u: number, addr: number): number {
  const L = m.layout;
  if (L.geometry.iotlb !== true || u < L.geometry.cpus) return 0;
  const d = L.deviceAt(u - L.geometry.cpus);
  if (m.words[d + DEVICE.KIND] !== SUBSCRIBER.SVA || (m.words[d + DEVICE.STATE] & STATE.BOUND) === 0)
    return 0;
  const iotlb = iotlbOf(m, u);
  const page = addr & (L.pages - 1);
  return m.words[iotlb + page] !== 0 ? m.words[iotlb + page] : m.words[iotlb + L.pages + (page >> 2)];
}

/** The device is behind the IOMMU, has a TLB of the mm, and is on its list: nobody hears anything after release. */
function hears(m: Machine, d: number, mm: number, iommu: number): boolean {
  const w = m.words;
  const at = m.layout.deviceAt(d);
  return (
    w[at + DEVICE.MM] === mm &&
    w[at + DEVICE.KIND] === SUBSCRIBER.SVA &&
    (w[at + DEVICE.STATE] & STATE.LISTED) !== 0 &&
    (iommu === ALL || iommuOf(m, d) === iommu)
  );
}

/** Hardware or software leaves the device out of the invalidation. */
function isPassedBy(m: Machine, d: number): boolean {
  const flags = m.words[m.layout.deviceAt(d) + DEVICE.FLAGS];
  if (m.hardware['inactive-pasid'] === 1 && (flags & ACTIVE) === 0) return true;
  return m.hardware['flush-reach'] === 1 && (flags & COUNTED) === 0;
}

/** True when the invalidation of [addr, addr + count) can complete now; false when a posted write must land first. */
function isReady(m: Machine, addr: number, count: number, iommu: number): boolean {
  if (m.hardware['posted-writes'] !== 0) return true;
  const L = m.layout;
  const mm = addr >> L.pagesShift;
  for (let d = 0; d < L.geometry.devices; d++) {
    if (!hears(m, d, mm, iommu)) continue;
    const at = L.deviceAt(d);
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

/**
 * Hot. Thread `t` invalidates [addr, addr + count) in every secondary TLB of the mm, as this case's hardware does it: BLOCKED
 * while a posted write must land, AGAIN when there are more IOMMUs or TLBs to visit.
 */
export function invalidateSecondary(m: Machine, t: number, addr: number, count: number): number {
  if (m.hardware.iotlb !== 0 || m.hardware.iommus !== 0) return visit(m, t, addr, count);
  return invalidateDevices(m, addr, count, ALL);
}

/**
 * One visit of an invalidation that takes several steps: IOMMU after IOMMU, each for its own TLB and for those of its
 * devices. intel_flush_svm_range and the comment in amd_iommu_v2's flush_pasid (the IOMMU's TLB goes first, since the device
 * may refill from it), v4.14.
 */
function visit(m: Machine, t: number, addr: number, count: number): number {
  const at = m.layout.threadAt(t) + THREAD.VISITS;
  const mm = addr >> m.layout.pagesShift;
  const kinds = m.hardware.iotlb === 0 ? 1 : 2;
  const all = kinds * (m.hardware.iommus === 0 ? 1 : m.layout.geometry.devices);
  const now = nextVisit(m, mm, m.words[at], kinds, all);
  if (now < all) {
    const iommu = Math.floor(now / kinds);
    const own = kinds === 2 && (now % 2 === 0) === (m.hardware.iotlb === FLUSHED_FIRST);
    if (own) invalidateIotlb(m, addr, count, iommu);
    else if (invalidateDevices(m, addr, count, iommu) === BLOCKED) return BLOCKED;
  }
  const left = now < all ? nextVisit(m, mm, now + 1, kinds, all) : all;
  m.words[at] = left < all ? left : 0;
  return left < all ? AGAIN : DONE;
}

/** The first visit from `from` on to an IOMMU with a device that hears; `all` when there is none. */
function nextVisit(m: Machine, mm: number, from: number, kinds: number, all: number): number {
  for (let v = from; v < all; v++)
    for (let d = 0; d < m.layout.geometry.devices; d++) if (hears(m, d, mm, Math.floor(v / kinds))) return v;
  return all;
}

/** The TLBs of the devices behind the IOMMU, once their writes have landed. */
function invalidateDevices(m: Machine, addr: number, count: number, iommu: number): number {
  if (!isReady(m, addr, count, iommu)) return BLOCKED;
  const L = m.layout;
  const mm = addr >> L.pagesShift;
  const page = addr & (L.pages - 1);
  for (let d = 0; d < L.geometry.devices; d++) {
    if (!hears(m, d, mm, iommu)) continue;
    m.roundTrips++;
    if (isPassedBy(m, d)) continue;
    if (m.hardware.completion === 1) {
      for (let i = 0; i < count; i++) m.words[L.deviceAt(d) + DEVICE.LATER] |= 1 << (page + i);
      continue;
    }
    invalidateDevice(m, d, page, count);
  }
  return DONE;
}

/** What the IOMMU itself keeps: translations, and the upper levels that its walks for devices went through. */
function invalidateIotlb(m: Machine, addr: number, count: number, iommu: number): void {
  const L = m.layout;
  const mm = addr >> L.pagesShift;
  const pages = spanOf(m, addr & (L.pages - 1), count);
  if (pages < 0) return;
  for (let d = 0; d < L.geometry.devices; d++) {
    if (!hears(m, d, mm, iommu) || isPassedBy(m, d)) continue;
    const t = L.geometry.cpus + d;
    dropSpan(m, t, L.iotlbAt(iommu, mm), pages);
    dropUpper(m, t, pages);
  }
}

/** All that device `d` and its IOMMU keep of its mm: it is detached. */
export function forgetDevice(m: Machine, d: number): void {
  const L = m.layout;
  const t = L.geometry.cpus + d;
  dropAll(m, t);
  dropWalks(m, t, 0, L.pages / PTES_PER_PMD - 1);
  m.words[L.kernelWalkAt(t)] = 0;
  if (L.geometry.iotlb !== true) return;
  const iotlb = iotlbOf(m, t);
  m.words.fill(0, iotlb, iotlb + L.tlbSize);
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
  const pages = spanOf(m, page, count);
  if (pages < 0) return;
  const t = m.layout.geometry.cpus + d;
  dropSpan(m, t, m.layout.tlbAt(t), pages);
  if (m.hardware.iotlb === 0) dropUpper(m, t, pages); // else they are the IOMMU's
}

/** The pages that an invalidation covers: the first, and the last from bit 8 on; -1 for none. */
function spanOf(m: Machine, page: number, count: number): number {
  const { pages } = m.layout;
  if (count <= 0 || count >= pages) return m.hardware['empty-or-all'] === 1 ? -1 : (pages - 1) << 8;
  if (m.hardware.range === 0) return page | ((Math.min(page + count, pages) - 1) << 8);
  // the largest aligned power-of-two block that starts where the range starts, no longer than the range
  let size = 1;
  while (size * 2 <= count && page % (size * 2) === 0) size *= 2;
  return page | ((page + size - 1) << 8);
}

/** Drops the span from a TLB that is used for device thread `t`. */
function dropSpan(m: Machine, t: number, tlb: number, pages: number): void {
  const L = m.layout;
  const w = m.words;
  const first = pages & 255;
  const last = pages >> 8;
  if (first === 0 && last === L.pages - 1) {
    writeBackAll(m, t, tlb, L.tlbSize);
    w.fill(0, tlb, tlb + L.tlbSize);
    return;
  }
  for (let p = first; p <= last; p++) {
    if (w[tlb + p] !== 0) evict(m, t, tlb + p, p);
  }
  for (let h = first >> 2; h <= last >> 2; h++) {
    const at = tlb + L.pages + h;
    if (w[at] === 0) continue;
    const whole = first <= h * PTES_PER_PMD && last >= h * PTES_PER_PMD + PTES_PER_PMD - 1;
    if (whole || m.hardware['small-invalidation'] === 0) evict(m, t, at, h * PTES_PER_PMD);
  }
}

/** The range callback of the drivers read drops upper levels too (Intel: IH clear; SMMU: leaf false). */
function dropUpper(m: Machine, t: number, pages: number): void {
  const first = pages & 255;
  const last = pages >> 8;
  const full = first === 0 && last === m.layout.pages - 1;
  if (m.hardware['walk-cache'] === 1 || full) dropWalks(m, t, first >> 2, last >> 2);
  if (full) m.words[m.layout.kernelWalkAt(t)] = 0;
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
