import { PMDS_PER_PUD, PTES_PER_PMD } from '../machine/geometry.js';
import { DEVICE, FRAME, MM, TABLE, THREAD } from '../machine/layout.js';
import { REFUSED, SIGBUS, SIGSEGV, type Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { constant } from '../program/build.js';
import { frameOf, isHuge, isPresent, KIND_TABLE, kindOf, PTE, tableEntry } from './entry.js';
import { ACTIVE, COUNTED, evict } from './iommu.js';
import { zapEntry } from './shadow-entries.js';
import { STATE, SUBSCRIBER } from './subscriber.js';
import { frameFor, narrow, pmdIndex, pmdTable } from './walk.js';

/**
 * Hot. Accesses of CPUs and devices through their TLBs, and the walks that fill them. On conforming hardware a hit and
 * its access are one step, a walk and its fill are one step.
 */

const LAST_PMD = PTES_PER_PMD - 1;

/** Place of the translation that agent `t` has for `addr`, -1 when it has none. */
function hit(m: Machine, t: number, addr: number): number {
  const L = m.layout;
  const tlb = L.tlbAt(t);
  const page = addr & (L.pages - 1);
  if (m.words[tlb + page] !== 0) return tlb + page;
  const huge = tlb + L.pages + (page >> 2);
  return m.words[huge] !== 0 ? huge : -1;
}

function contents(m: Machine, entry: number, addr: number, word: number): number {
  return m.layout.frameAt(frameFor(entry, addr)) + FRAME.W + word;
}

/** The place of the leaf entry for `addr` by a walk from the root; -1 when an upper level is none. */
export function leaf(m: Machine, addr: number): number {
  const pmd = pmdIndex(m, addr);
  if (pmd < 0) return -1;
  const e = m.words[pmd];
  if (kindOf(e) === KIND_TABLE && !isPresent(e))
    return m.layout.tableAt(frameOf(e)) + TABLE.ENTRY + (addr & LAST_PMD);
  return pmd;
}

/** fork is still making the mm: in the kernel no thread of it exists yet, so here they wait. */
export function isBorn(m: Machine, addr: number): boolean {
  return m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.BORN] !== 0;
}

export function fill(m: Machine, t: number, addr: number, e: number, huge: boolean): void {
  const L = m.layout;
  const tlb = L.tlbAt(t);
  const page = addr & (L.pages - 1);
  if (huge) {
    for (let i = page & ~LAST_PMD; i <= (page | LAST_PMD); i++) m.words[tlb + i] = 0;
    m.words[tlb + L.pages + (page >> 2)] = e;
  } else {
    m.words[tlb + page] = e;
    m.words[tlb + L.pages + (page >> 2)] = 0;
  }
}

/** Reads word `word` of `addr` through a cached translation. NO when there is none. */
export const load = test('load', ['addr', 'word'], (m, t, addr, word) => {
  const at = hit(m, t, addr);
  if (at < 0) return NO;
  const e = m.words[at];
  const v = m.words[contents(m, e, addr, word)];
  m.returns(t, v + 1);
  m.observer.loaded(m, t, addr, word, v, e);
  return DONE;
});

/**
 * Writes the operation's tag through a cached writable translation. A CPU's store through a clean one looks at the
 * entry again in the same step, and sets dirty only if it is still present and writable. NO when it has to walk.
 */
export const store = test('store', ['addr', 'word'], (m, t, addr, word) => {
  let at = hit(m, t, addr);
  if (at < 0) return NO;
  let e = m.words[at];
  if ((e & PTE.WRITE) === 0) {
    m.words[at] = 0; // re-walked
    return NO;
  }
  if ((e & PTE.DIRTY) === 0) {
    const place = leaf(m, addr);
    const now = place < 0 ? 0 : m.words[place];
    if ((now & (PTE.PRESENT | PTE.WRITE | PTE.PROTNONE)) !== (PTE.PRESENT | PTE.WRITE)) {
      m.words[at] = 0;
      return NO;
    }
    m.words[place] = now | PTE.DIRTY; // soft-dirty is for software to set
    fill(m, t, addr, m.words[place], isHuge(now));
    at = hit(m, t, addr);
    e = m.words[at]!;
  }
  land(m, t, addr, word, e);
  return DONE;
});

function land(m: Machine, t: number, addr: number, word: number, e: number): void {
  const tag = m.words[m.layout.threadAt(t) + THREAD.TAG];
  m.observer.storing(m, t, addr, word, tag, e);
  m.words[contents(m, e, addr, word)] = tag;
  m.observer.stored(m, t, addr, word, tag, e);
}

/** A CPU's walk: fills the TLB if the entry allows the access. NO is a page fault. */
export const page_walk = test('page_walk', ['addr', 'write'], (m, t, addr, write) => {
  if (isBorn(m, addr)) return BLOCKED;
  const place = leaf(m, addr);
  if (place < 0) return NO;
  const e = m.words[place];
  if (!isPresent(e) || (e & PTE.PROTNONE) !== 0 || (write !== 0 && (e & PTE.WRITE) === 0)) return NO;
  fill(m, t, addr, e & ~PTE.SPECIAL, isHuge(e));
  return DONE;
});

/**
 * A device's walk. It is given a writable translation only with the dirty bit set by this walk (or late, on hardware
 * that does so). On hardware that splits walk and fill it only reads here.
 */
export const ats_translate = test('ats_translate', ['addr', 'write'], (m, t, addr, write) => {
  if (isBorn(m, addr)) return BLOCKED;
  const L = m.layout;
  const d = L.deviceAt(t - L.geometry.cpus);
  if ((m.words[d + DEVICE.STATE] & STATE.BOUND) === 0) return NO;
  m.words[d + DEVICE.FLAGS] |= ACTIVE;
  // a read-only translation that is kept stands in the way of a walk for a write
  if (write !== 0 && m.hardware['read-only-entry'] === 1 && hit(m, t, addr) >= 0) return NO;
  const place = walkFrom(m, t, addr, write);
  if (place < 0) return NO;
  const e = m.words[place];
  if (!isPresent(e) || (e & PTE.PROTNONE) !== 0 || (write !== 0 && (e & PTE.WRITE) === 0)) return NO;
  const late = m.hardware['dirty-bit'] === 1;
  let given = e & ~PTE.SPECIAL;
  if (write !== 0 && !late) {
    m.words[place] = e | PTE.DIRTY;
    given = m.words[place] & ~PTE.SPECIAL;
  } else if (!late && (e & PTE.DIRTY) === 0) given &= ~PTE.WRITE;
  if (isHuge(given) && m.hardware['entry-sizes'] === 1) given = narrow(given, addr);
  if (m.hardware['walk-and-fill'] === 1) {
    m.words[d + DEVICE.WALK_AT] = addr + 1;
    m.words[d + DEVICE.WALK_ENTRY] = given;
    return DONE;
  }
  fill(m, t, addr, given, isHuge(given));
  return DONE;
});

/** Where the device's walk finds the leaf entry: through its walk cache if it has one. */
function walkFrom(m: Machine, t: number, addr: number, write: number): number {
  if (m.hardware['walk-cache'] === 0) return leaf(m, addr);
  const L = m.layout;
  const at = L.walkCacheAt(t) + ((addr & (L.pages - 1)) >> 2);
  const cached = m.words[at];
  if (cached !== 0) {
    if ((cached & PTE.FREED) !== 0) m.observer.walkedFreed(m, t, addr, write !== 0);
    const table = L.tableAt(frameOf(cached)) + TABLE.ENTRY;
    if (!isHuge(cached)) return table + (addr & LAST_PMD);
    const e = m.words[table + ((addr >> 2) & (PMDS_PER_PUD - 1))];
    if (kindOf(e) !== KIND_TABLE || isPresent(e)) return table + ((addr >> 2) & (PMDS_PER_PUD - 1));
    return L.tableAt(frameOf(e)) + TABLE.ENTRY + (addr & LAST_PMD);
  }
  const pmd = pmdIndex(m, addr);
  if (pmd < 0) return -1;
  const e = m.words[pmd];
  if (kindOf(e) === KIND_TABLE && !isPresent(e)) m.words[at] = e;
  // a huge entry: the last table on the way is that of PMDs, which hugetlb may share
  else if (isHuge(e) && isPresent(e)) m.words[at] = tableEntry(pmdTable(m, addr)) | PTE.HUGE;
  return leaf(m, addr);
}

/** Hardware that splits walk and fill does the second half here. */
export const ats_fill = verb('ats_fill', ['addr'], (m, t, addr) => {
  const L = m.layout;
  const d = L.deviceAt(t - L.geometry.cpus);
  const e = m.words[d + DEVICE.WALK_ENTRY];
  m.words[d + DEVICE.WALK_AT] = 0;
  m.words[d + DEVICE.WALK_ENTRY] = 0;
  fill(m, t, addr, e, isHuge(e));
  return DONE;
});
export const walk_is_split = test(
  'walk_is_split',
  [],
  (m) => (m.hardware['walk-and-fill'] === 1 ? DONE : NO),
  { private: true },
);

/** Issues a posted write through a cached writable translation; it lands later. NO when it has to walk. */
export const post = test('post', ['addr', 'word'], (m, t, addr, word) => {
  const at = hit(m, t, addr);
  if (at < 0) return NO;
  const e = m.words[at];
  if ((e & PTE.WRITE) === 0) {
    if (m.hardware['read-only-entry'] === 0) m.words[at] = 0;
    return NO;
  }
  const L = m.layout;
  const d = L.deviceAt(t - L.geometry.cpus);
  if (m.words[d + DEVICE.KIND] !== SUBSCRIBER.SVA)
    m.words[at] = e | PTE.DIRTY; // in the driver's own page table
  else if (m.hardware['dirty-bit'] === 1) m.words[at] = e | PTE.LATE;
  m.words[d + DEVICE.FLAGS] |= ACTIVE;
  m.words[d + DEVICE.POST_AT] = addr + 1;
  m.words[d + DEVICE.POST_ENTRY] = e;
  m.words[d + DEVICE.POST_WORD] = word;
  return DONE;
});

/** The posted write takes effect. */
export const posted_write_lands = verb('posted_write_lands', [], (m, t) => {
  const L = m.layout;
  const d = L.deviceAt(t - L.geometry.cpus);
  const addr = m.words[d + DEVICE.POST_AT] - 1;
  const e = m.words[d + DEVICE.POST_ENTRY];
  land(m, t, addr, m.words[d + DEVICE.POST_WORD], e);
  m.words[d + DEVICE.POST_AT] = 0;
  m.words[d + DEVICE.POST_ENTRY] = 0;
  m.words[d + DEVICE.POST_WORD] = 0;
  return DONE;
});

/** The device's operation is over: its PASID is idle. */
export const pasid_idle = verb(
  'pasid_idle',
  [],
  (m, t) => {
    m.words[m.layout.deviceAt(t - m.layout.geometry.cpus) + DEVICE.FLAGS] &= ~ACTIVE;
    return DONE;
  },
  { private: true },
);

/** The IOMMU driver takes the page request: software knows this device from here on. */
export const page_request = verb(
  'page_request',
  [],
  (m, t) => {
    m.words[m.layout.deviceAt(t - m.layout.geometry.cpus) + DEVICE.FLAGS] |= COUNTED | ACTIVE;
    return DONE;
  },
  { private: true },
);

/** Drops the device's own translation of `addr` (capacity, any time). */
export const device_evict = verb('device_evict', ['addr'], (m, t, addr) => {
  const at = hit(m, t, addr);
  if (at < 0) return DONE;
  const d = m.layout.deviceAt(t - m.layout.geometry.cpus);
  if (m.words[d + DEVICE.KIND] === SUBSCRIBER.SVA) evict(m, t, at, addr & (m.layout.pages - 1));
  else if (m.words[d + DEVICE.LOCK] !== 0)
    return BLOCKED; // the driver's shrinker takes its lock
  else zapEntry(m, at);
  return DONE;
});

/** Reads a present entry without an access (hardware that prefetches). Nothing happens when it is not present. */
export const device_prefetch = verb('device_prefetch', ['addr'], (m, t, addr) => {
  if (isBorn(m, addr)) return BLOCKED;
  const d = m.layout.deviceAt(t - m.layout.geometry.cpus);
  if (m.words[d + DEVICE.KIND] !== SUBSCRIBER.SVA || (m.words[d + DEVICE.STATE] & STATE.BOUND) === 0)
    return DONE;
  if (hit(m, t, addr) >= 0) return DONE;
  const place = leaf(m, addr);
  const e = place < 0 ? 0 : m.words[place];
  if (!isPresent(e) || (e & PTE.PROTNONE) !== 0) return DONE;
  let given = e & ~PTE.SPECIAL;
  if ((e & PTE.DIRTY) === 0 && m.hardware['dirty-bit'] === 0) given &= ~PTE.WRITE;
  if (isHuge(given) && m.hardware['entry-sizes'] === 1) given = narrow(given, addr);
  fill(m, t, addr, given, isHuge(given));
  return DONE;
});

export const signal_segv = constant('SIGSEGV', SIGSEGV);
export const signal_bus = constant('SIGBUS', SIGBUS);
export const refused = constant('REFUSED', REFUSED);
/** Not a signal: the fault waits for somebody (handle_userfault), and is tried again. */
export const VM_FAULT_RETRY = constant('VM_FAULT_RETRY', 8);

/** The access ends without a value. */
export const force_sig = verb(
  'force_sig',
  ['signal'],
  (m, t, signal) => {
    m.words[m.layout.threadAt(t) + THREAD.ERROR] = signal;
    return DONE;
  },
  { private: true },
);

/** The fault could not be resolved: the access ends with an error. */
export const fault_failed = test('VM_FAULT_ERROR', ['fault'], (_m, _t, fault) => (fault !== 0 ? DONE : NO), {
  private: true,
});
