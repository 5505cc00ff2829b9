import { constant } from '../program/build.js';
import { MM, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';

/**
 * The vma over one virtual page, in one word: what it maps in bits 0..3, flags above. A vma is a run of equal words;
 * splitting and merging are therefore not steps of their own (docs/fidelity.md). After include/linux/mm.h, v4.14.
 */
export const VMA_ANON = 1;
export const VMA_FILE_SHARED = 2;
export const VMA_FILE_PRIVATE = 3;
export const VMA_DAX = 4;
export const VMA_HUGETLB_PRIVATE = 5;
export const VMA_HUGETLB_SHARED = 6;
export const VMA_PFNMAP = 7;
/** A shared mapping of a file of tmpfs. */
export const VMA_SHMEM = 8;

export const VM = {
  READ: 16,
  WRITE: 32,
  /** madvise(MADV_MERGEABLE): KSM may look at it. */
  MERGEABLE: 64,
  /** THP may be used. */
  HUGEPAGE: 128,
  /** Everything in the vma counts as soft-dirty. */
  SOFTDIRTY: 256,
  /** Linked to its rmap tree (anon_vma or i_mmap). */
  LINKED: 512,
  UFFD_WP: 1024,
  DONTCOPY: 2048,
  /** Out of the mm's tree, still in the rmap. */
  DETACHED: 4096,
} as const;

export const VM_READ = constant('VM_READ', VM.READ);
export const VM_WRITE = constant('VM_WRITE', VM.WRITE);
export const VM_NONE = constant('VM_NONE', 0);
export const VM_SOFTDIRTY = constant('VM_SOFTDIRTY', VM.SOFTDIRTY);
export const VM_UFFD_WP = constant('VM_UFFD_WP', VM.UFFD_WP);

export const vmaKind = (vma: number): number => vma & 15;
/** A mapping whose pages become private copies when written. */
export const isCow = (vma: number): boolean => {
  const kind = vma & 15;
  return kind === VMA_ANON || kind === VMA_FILE_PRIVATE || kind === VMA_HUGETLB_PRIVATE;
};
export const isHugetlb = (vma: number): boolean =>
  (vma & 15) === VMA_HUGETLB_PRIVATE || (vma & 15) === VMA_HUGETLB_SHARED;
/** Pages of a file back it, at least until they are copied. */
export const isFile = (vma: number): boolean => {
  const kind = vma & 15;
  return kind !== 0 && kind !== VMA_ANON && kind !== VMA_HUGETLB_PRIVATE && kind !== VMA_PFNMAP;
};

const yes = (holds: boolean): number => (holds ? DONE : NO);

/** MM.EXIT: mm_users is 0, exit_mmap may run. */
export const EXITING = 1 << 8;

/**
 * Reads the vma of `addr`; mmap_sem or the rmap lock keeps it still. NO when there is none. Of an mm that nobody uses any
 * more nothing is looked up: mmget_not_zero, ksm_test_exit, khugepaged_test_exit.
 */
export const find_vma = test(
  'find_vma',
  ['addr', '>vma'],
  (m, _t, addr, out) => {
    const w = m.words;
    const vma = w[m.layout.vpage(addr) + VPAGE.VMA];
    const gone = m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.EXIT] >= EXITING;
    const there = vma !== 0 && (vma & VM.DETACHED) === 0 && !gone;
    w[out] = there ? vma : 0;
    return yes(there);
  },
  { private: true },
);

/** The vma over the address; mmap_sem is held. */
export const vma_at = value('vma_at', ['addr'], (m, _t, addr) => {
  const mm = m;
  return mm.words[mm.layout.vpage(addr) + VPAGE.VMA];
});

export const vma_anonymous = test(
  'vma_is_anonymous',
  ['vma'],
  (_m, _t, vma) => yes((vma & 15) === VMA_ANON),
  { private: true },
);
const SHARED: ReadonlySet<number> = new Set([VMA_FILE_SHARED, VMA_DAX, VMA_HUGETLB_SHARED, VMA_SHMEM]);
export const vma_shared = test('vma_shared', ['vma'], (_m, _t, vma) => yes(SHARED.has(vma & 15)), {
  private: true,
});
export const vma_is_dax = test('vma_is_dax', ['vma'], (_m, _t, vma) => yes((vma & 15) === VMA_DAX), {
  private: true,
});
export const vma_is_shmem = test('vma_is_shmem', ['vma'], (_m, _t, vma) => yes((vma & 15) === VMA_SHMEM), {
  private: true,
});
export const is_vm_hugetlb_page = test('is_vm_hugetlb_page', ['vma'], (_m, _t, vma) => yes(isHugetlb(vma)), {
  private: true,
});
export const is_cow_mapping = test('is_cow_mapping', ['vma'], (_m, _t, vma) => yes(isCow(vma)), {
  private: true,
});
/** fork copies the entries: copied on write, or without pages that a fault could find again (VM_MIXEDMAP of DAX). */
export const vma_is_copied = test(
  'vma_anon_vma_or_mixedmap',
  ['vma'],
  (_m, _t, vma) => yes(isCow(vma) || (vma & 15) === VMA_DAX),
  { private: true },
);
export const vma_allows = test(
  'vma_allows',
  ['vma', 'flags'],
  (_m, _t, vma, flags) => yes((vma & flags) === flags),
  { private: true },
);
export const vma_mergeable = test(
  'vma_mergeable',
  ['vma'],
  (_m, _t, vma) => yes((vma & VM.MERGEABLE) !== 0),
  { private: true },
);
export const vma_hugepage = test(
  'transparent_hugepage_enabled',
  ['vma'],
  (_m, _t, vma) => yes((vma & VM.HUGEPAGE) !== 0),
  { private: true },
);

/** vm_pgoff of the address: the index of its page in its object. */
export const linear_page_index = value('linear_page_index', ['addr'], (m, _t, addr) => {
  const mm = m;
  return mm.words[mm.layout.vpage(addr) + VPAGE.PGOFF];
});

/** vma->vm_flags and vm_page_prot of `count` pages from `addr` on: set and cleared under mmap_sem for writing. */
export const vm_flags_change = verb(
  'vma_set_page_prot',
  ['addr', 'count', 'set', 'clear'],
  (m, _t, addr, count, set, clear) => {
    const w = m.words;
    for (let i = 0; i < count; i++) {
      const at = m.layout.vpage(addr + i) + VPAGE.VMA;
      if (w[at] !== 0) w[at] = (w[at] & ~clear) | set;
    }
    return DONE;
  },
);

/** Some page of the range has no vma (madvise answers -ENOMEM; here it then does nothing). */
export const range_has_hole = test(
  'vma_hole',
  ['start', 'count'],
  (m, _t, start, count) => {
    for (let i = 0; i < count; i++) {
      const vma = m.words[m.layout.vpage(start + i) + VPAGE.VMA];
      if (vma === 0 || (vma & VM.DETACHED) !== 0) return DONE; // munmap may hold the lock for reading only
    }
    return NO;
  },
  { private: true },
);
export const range_has_hugetlb = test(
  'vma_hugetlb',
  ['start', 'count'],
  (m, _t, start, count) => {
    for (let i = 0; i < count; i++)
      if (isHugetlb(m.words[m.layout.vpage(start + i) + VPAGE.VMA])) return DONE;
    return NO;
  },
  { private: true },
);

/**
 * The vmas leave the mm's tree: faults find nothing there any more. The rmap still reaches the pages until
 * {@link unlink_vmas}. mmap_sem is held for writing.
 */
export const detach_vmas_to_be_unmapped = verb(
  'detach_vmas_to_be_unmapped',
  ['start', 'count'],
  (m, _t, start, count) => {
    for (let i = 0; i < count; i++) {
      const at = m.layout.vpage(start + i) + VPAGE.VMA;
      if (m.words[at] !== 0)
        m.words[at] =
          (m.words[at] & VM.LINKED) | (m.words[at] & 15) | VM.DETACHED | (m.words[at] & VM.MERGEABLE);
    }
    return DONE;
  },
);
/** The i_mmap lock of the file that the vma over the virtual page at `at` maps. */
function iMmapOf(m: Machine, at: number, vma: number): number {
  const L = m.layout;
  if (isHugetlb(vma)) return vmaKind(vma) === VMA_HUGETLB_PRIVATE ? L.hugetlbMmap : L.hugetlbMmap + 1;
  return L.iMmap + (m.words[at + VPAGE.PGOFF] >> 2);
}
/** Nobody walks the rmap trees that the vmas of the range are linked in. */
export function rmapLocksFree(m: Machine, start: number, count: number): boolean {
  const L = m.layout;
  for (let i = 0; i < count; i++) {
    const at = L.vpage(start + i);
    const vma = m.words[at + VPAGE.VMA];
    if (vma === 0) continue;
    if (isCow(vma) && m.words[L.anonVma] !== 0) return false;
    if (vmaKind(vma) !== VMA_ANON && m.words[iMmapOf(m, at, vma)] !== 0) return false;
  }
  return true;
}

/** The rmap forgets the range, under its locks for writing (unlink_anon_vmas, unlink_file_vma), and nothing of its vmas is left. */
export const unlink_vmas = verb('unlink_vmas', ['start', 'count'], (m, _t, start, count) => {
  if (!rmapLocksFree(m, start, count)) return BLOCKED;
  for (let i = 0; i < count; i++) {
    const at = m.layout.vpage(start + i);
    m.words[at + VPAGE.VMA] = 0;
    m.words[at + VPAGE.PGOFF] = 0;
  }
  return DONE;
});
/** No vma is left over the PMD of the address: its table of PTEs can go (floor and ceiling of free_pgtables). */
export const covers_whole_table = test(
  'free_pgtables_floor_ceiling',
  ['addr'],
  (m, _t, addr) => {
    const first = addr & ~3;
    for (let i = 0; i < 4; i++) if (m.words[m.layout.vpage(first + i) + VPAGE.VMA] !== 0) return NO;
    return DONE;
  },
  { private: true },
);
