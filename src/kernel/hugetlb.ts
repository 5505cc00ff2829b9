import { constant, expand, mutedSlot, number } from '../program/build.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME, THREAD, VPAGE } from '../machine/layout.js';
import { test, value, verb, type Run } from '../machine/verb.js';
import { BLOCKED, DONE, NO, type Primitive } from '../program/primitive.js';
import type { Arg, Expand } from '../program/step.js';
import { FRAME_SHIFT, KIND_HWPOISON, PTE } from './entry.js';
import { invalidate_secondary_tlbs } from './notifier.js';
import { allocHuge, PG } from './page.js';
import { pmdp_huge_get_and_clear, pte_get, set_pmd_at } from './pgtable.js';
import { flush_cpu_range } from './tlb.js';
import { isHugetlb, VM, VMA_HUGETLB_PRIVATE, vmaKind } from './vma.js';
import { sleeps } from './walk.js';

/**
 * Pages of hugetlbfs: mm/hugetlb.c and include/linux/hugetlb.h, v4.14. What hugetlb calls a PTE is the PMD entry, and
 * its lock is the lock of the table of PMDs; see hugetlb-tables for those that several mms share.
 */

/** Base pages of one hugetlb page. */
export const huge_page_size = constant('huge_page_size', PTES_PER_PMD);

/** i_mmap_rwsem of the file behind the mapping of `addr`: one for private mappings, one for all shared ones. */
export const hugetlb_i_mmap = value('vm_file_i_mmap_rwsem', ['addr'], (m, _t, addr) => {
  const mm = m;
  const L = mm.layout;
  const at = L.vpage(addr);
  return isPrivate(mm.words[at + VPAGE.VMA]) ? L.hugetlbMmap : L.hugetlbMmap + 1;
});

/** The mutex that faults on one huge page take: by file and index when shared, by mm and address when private. */
export const hugetlb_fault_mutex = value('hugetlb_fault_mutex_hash', ['addr'], (m, _t, addr) => {
  const mm = m;
  const L = mm.layout;
  const at = L.vpage(addr);
  if (isPrivate(mm.words[at + VPAGE.VMA])) return L.hugetlbFault + (addr >> 2);
  return L.hugetlbFault + ((L.geometry.mms * L.pages) >> 2) + (mm.words[at + VPAGE.PGOFF] >> 2);
});
const isPrivate = (vma: number): boolean => vmaKind(vma) === VMA_HUGETLB_PRIVATE;

export const mutex_lock = verb(
  'mutex_lock',
  ['lock'],
  (m, t, lock) => {
    if (m.words[lock] !== 0) return BLOCKED;
    sleeps(m, t, 'mutex_lock');
    m.words[lock] = t + 1;
    m.words[m.layout.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'mutex', of: 0 } },
);
export const mutex_unlock = verb(
  'mutex_unlock',
  ['lock'],
  (m, t, lock) => {
    if (m.words[lock] !== t + 1)
      m.observer.misused(m, t, 'a mutex is unlocked by a thread that does not hold it');
    else {
      m.words[lock] = 0;
      m.words[m.layout.threadAt(t) + THREAD.HELD]--;
    }
    return DONE;
  },
  { effect: { does: 'release', resource: 'mutex', of: 0 } },
);

/** A page of the hugetlb pool (alloc_huge_page), zeroed (clear_huge_page), with one reference; NO when there is none. */
export const alloc_hugetlb_page = test(
  'alloc_huge_page',
  ['>page'],
  (m, t, out) => {
    if ((m.words[m.layout.threadAt(t) + THREAD.CHOICES] & 2) !== 0) return NO;
    const head = allocHuge(m);
    if (head < 0) return NO;
    for (let i = 0; i < PTES_PER_PMD; i++) m.words[m.layout.frameAt(head + i) + FRAME.FLAGS] = PG.HUGETLB;
    m.words[out] = head;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'page_ref', of: 0 } },
);

/** The page of the shared mapping at `addr`, with a reference (find_get_page); NO when there is a hole in the file. */
export const hugetlb_find_get_page = test(
  'hugetlbfs_pagecache_page',
  ['addr', '>page'],
  (m, _t, addr, out) => {
    const index = m.words[m.layout.vpage(addr) + VPAGE.PGOFF];
    const head = m.words[m.layout.fileAt(index) + FILE.CACHE] - 1;
    if (head < 0) return NO;
    m.words[out] = head;
    m.words[m.layout.frameAt(head) + FRAME.REF]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_ref', of: 1 } },
);

/** An entry for the page: writable and dirty, or read-only. */
export const make_huge_pte = value(
  'make_huge_pte',
  ['page', 'writable'],
  (_m, _t, page, writable) =>
    (page << FRAME_SHIFT) |
    PTE.PRESENT |
    PTE.HUGE |
    (writable === 0 ? 0 : PTE.WRITE | PTE.DIRTY | PTE.SOFT_DIRTY),
);
/** What `writable` is on a first fault: shared mappings are never written through a fault again. */
export const vma_writable_shared = value('VM_WRITE_and_VM_SHARED', ['vma'], (_m, _t, vma) =>
  (vma & VM.WRITE) !== 0 && !isPrivate(vma) ? 1 : 0,
);

/** Waits until nobody holds the page lock, without a reference on the page (wait_on_page_locked). */
export const wait_on_page_locked = verb(
  'wait_on_page_locked',
  ['page'],
  (m, _t, page) => (m.words[m.layout.frameAt(page) + FRAME.LOCK] !== 0 ? BLOCKED : DONE),
  { sleeps: true },
);

/**
 * The entry with the protection that the vma gives (huge_pte_modify with vm_page_prot): a private mapping never gets
 * the write permission back here.
 */
export const huge_pte_modify = value('huge_pte_modify', ['entry', 'vma'], (_m, _t, e, vma) => {
  const write = (vma & VM.WRITE) !== 0 && !isPrivate(vma) ? PTE.WRITE : 0;
  const none = (vma & VM.READ) === 0 ? PTE.PROTNONE : 0;
  return (e & ~(PTE.WRITE | PTE.PROTNONE)) | write | none;
});

/** The vma over the address, detached or not, is of hugetlbfs. */
export const hugetlb_vma_at = test(
  'vma_is_hugetlb',
  ['addr'],
  (m, _t, addr) => (isHugetlb(m.words[m.layout.vpage(addr) + VPAGE.VMA]) ? DONE : NO),
  { private: true },
);

/** Part of a hugetlb page is in the range, and part is not: the range cannot be unmapped (__split_vma: -EINVAL). */
export const splits_hugetlb = test(
  'hugetlb_vm_op_split',
  ['start', 'count'],
  (m, _t, start, count) => {
    const cut = (addr: number): boolean =>
      (addr & (PTES_PER_PMD - 1)) !== 0 && isHugetlb(m.words[m.layout.vpage(addr) + VPAGE.VMA]);
    return cut(start) || cut(start + count) ? DONE : NO;
  },
  { private: true },
);

/** A verb of PMD entries under hugetlb's name. */
const asPmd =
  (verb: { readonly primitive: Primitive }): Run =>
  (m, t, a, b, c, d) =>
    verb.primitive.run(m, t, a, b, c, d);

/** Reads the entry, with its lock or without it. */
export const huge_ptep_get = verb('huge_ptep_get', ['pte', '>entry'], asPmd(pte_get));
/** Also what was `set_huge_swap_pte_at` for entries that are not present, until v6.0. */
export const set_huge_pte_at = verb('set_huge_pte_at', ['addr', 'pte', 'entry'], asPmd(set_pmd_at));
/** What stands for a huge page that a hardware error took: the whole of it is lost. */
export const make_hwpoison_huge_entry = value(
  'make_hwpoison_entry',
  ['page'],
  (_m, _t, page) => (page << FRAME_SHIFT) | KIND_HWPOISON | PTE.HUGE,
);
/** Clears the entry and gives the old one; no flush. */
export const huge_ptep_get_and_clear = verb(
  'huge_ptep_get_and_clear',
  ['addr', 'pte', '>entry'],
  asPmd(pmdp_huge_get_and_clear),
);

/** Takes the write permission away in place, atomically; no flush. */
export const huge_ptep_set_wrprotect = verb('huge_ptep_set_wrprotect', ['addr', 'pte'], (m, t, addr, pte) =>
  set_pmd_at.primitive.run(m, t, addr, pte, m.words[pte] & ~PTE.WRITE, 0),
);
/** Adds `flags` to the entry as it stands now. */
export const huge_ptep_set_access_flags = verb(
  'huge_ptep_set_access_flags',
  ['addr', 'pte', 'flags'],
  (m, t, addr, pte, flags) => {
    const soft = (flags & PTE.DIRTY) !== 0 ? PTE.SOFT_DIRTY : 0;
    return set_pmd_at.primitive.run(m, t, addr, pte, m.words[pte] | flags | soft, 0);
  },
);

/**
 * Clears the entry, then flushes it from the CPUs of the mm. From v6.6 x86 invalidates one base page in the secondary TLBs:
 * it is ptep_clear_flush, and flush_tlb_page.
 */
export const huge_ptep_clear_flush = (addr: Arg, pte: Arg, entry: Arg): Expand =>
  expand('huge_ptep_clear_flush', [addr, pte, entry], {
    clear: huge_ptep_get_and_clear(addr, pte, entry),
    flush: flush_cpu_range(addr, number(PTES_PER_PMD)),
    'in-flush': mutedSlot('in-flush', invalidate_secondary_tlbs(addr, number(1))),
  });
