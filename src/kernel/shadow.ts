import { DEVICE, FRAME } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { fill, isBorn } from './access.js';
import { frameOf, isHuge, isPresent, PTE } from './entry.js';
import { putPage } from './page.js';
import { ptlOf } from './pgtable.js';
import { SEQ, STATE, SUBSCRIBER } from './subscriber.js';
import { headOf, isZeroFrame } from './walk.js';
import { leaf } from './walk-cache.js';

/**
 * The page table that a driver keeps for its device: its words are those of the device's TLB. Accesses go through it
 * without a lock; only what holds the driver's own lock changes it. After arch/x86/kvm/mmu.c and
 * virt/kvm/kvm_main.c, v4.14, and drivers/infiniband/core/umem_odp.c, v4.12 and v5.10.
 */

const P = { private: true } as const;
const yes = (holds: boolean): number => (holds ? DONE : NO);

/** The record of the device that thread t runs. */
const own = (m: Machine, t: number): number => m.layout.deviceAt(t - m.layout.geometry.cpus);

/** Number of the device whose access this is. */
export const this_device = value('this_device', [], (m, t) => t - m.layout.geometry.cpus);

const kindIs =
  (kind: number) =>
  (m: Machine, t: number): number =>
    yes(m.words[own(m, t) + DEVICE.KIND] === kind);
/** The IOMMU walks the page table for the device: no driver fills its translations. */
export const walks_page_table = test('walks_page_table', [], kindIs(SUBSCRIBER.SVA), P);
export const is_kvm = test('is_kvm', [], kindIs(SUBSCRIBER.KVM), P);
/** The device accesses pages that its driver has pinned. */
export const is_pin = test('is_pin', [], kindIs(SUBSCRIBER.PIN), P);
export const is_interval = test('is_interval', [], kindIs(SUBSCRIBER.INTERVAL), P);

/** The driver serves the device. Looked at together with the miss before it. */
export const device_is_bound = test(
  'device_is_bound',
  [],
  (m, t) => yes((m.words[own(m, t) + DEVICE.STATE] & STATE.BOUND) !== 0),
  P,
);

/** The fault that is served has read the sequence count already. */
export const seq_is_read = test(
  'seq_is_read',
  [],
  (m, t) => yes((m.words[own(m, t) + DEVICE.SEQ] & SEQ.MASK) !== SEQ.IDLE),
  P,
);

/** The fault is over: nobody compares any more with what it read. */
export const forget_seq = verb(
  'forget_seq',
  [],
  (m, t) => {
    m.words[own(m, t) + DEVICE.SEQ] &= ~SEQ.MASK;
    return DONE;
  },
  P,
);

/** The place of the entry that `addr` has now if it allows the access, -1 if it does not. */
function placeFor(m: Machine, addr: number, write: number): number {
  const place = leaf(m, addr);
  const e = place < 0 ? 0 : m.words[place];
  return !isPresent(e) || (e & PTE.PROTNONE) !== 0 || (write !== 0 && (e & PTE.WRITE) === 0) ? -1 : place;
}

/** What of an entry a shadow can have: whether it is dirty there is its own matter. */
const shadowOf = (e: number): number => e & ~(PTE.SPECIAL | PTE.DIRTY | PTE.SOFT_DIRTY);

/**
 * get_user_pages with FOLL_GET (hva_to_pfn), v4.14: the entry that `addr` has, with a reference to its page unless it
 * has none (the zero page, DAX); NO when it does not allow the access. Under the page-table lock, in one step.
 */
export const hva_to_pfn = test(
  'hva_to_pfn',
  ['addr', 'write', '>entry'],
  (m, _t, addr, write, out) => {
    const table = leaf(m, addr);
    if (isBorn(m, addr) || (table >= 0 && m.words[ptlOf(m, table)] !== 0)) return BLOCKED;
    const place = placeFor(m, addr, write);
    if (place < 0) return NO;
    const frame = frameOf(m.words[place]);
    m.words[out] = shadowOf(m.words[place]);
    if (!isZeroFrame(frame)) m.words[m.layout.frameAt(headOf(m, frame)) + FRAME.REF]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_ref', of: 2 } },
);

/** The same without a reference, and without the lock: hmm_range_fault, mm/hmm.c, v5.10. */
export const hmm_vma_walk = test(
  'hmm_vma_walk_pmd',
  ['addr', 'write', '>entry'],
  (m, _t, addr, write, out) => {
    if (isBorn(m, addr)) return BLOCKED;
    const place = placeFor(m, addr, write);
    if (place < 0) return NO;
    m.words[out] = shadowOf(m.words[place]);
    return DONE;
  },
);

/** The reference of the lookup is put. */
export const kvm_release_pfn = verb('kvm_release_pfn_clean', ['entry'], (m, t, entry) => {
  if (!isZeroFrame(frameOf(entry))) putPage(m, t, frameOf(entry));
  return DONE;
});

/** The shadow gets the entry. The driver's lock is held. */
export const map_shadow = verb('__direct_map', ['addr', 'entry'], (m, t, addr, entry) => {
  fill(m, t, addr, entry & ~PTE.SPECIAL, isHuge(entry));
  return DONE;
});
