import { constant } from '../program/build.js';
import { test, value } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { VM } from './vma.js';

/**
 * A page-table entry in one word: flags in bits 0..9, what a non-present entry is in bits 10..12, a frame, swap slot or
 * table index from bit 16. 0 is none. Translations in TLBs have the same form.
 * After arch/x86/include/asm/pgtable_types.h, v4.14; the accessed bit is not modelled (docs/fidelity.md).
 */
export const PTE = {
  PRESENT: 1,
  WRITE: 2,
  DIRTY: 4,
  SOFT_DIRTY: 8,
  HUGE: 16,
  SPECIAL: 32,
  /** Translations only: the frame, or a table on the way, was freed since it was cached. */
  FREED: 64,
  UFFD_WP: 128,
  PROTNONE: 256,
  /** Translations only: written through, not yet told to the page table (late dirty bits). */
  LATE: 512,
} as const;

export const KIND_MASK = 7 << 10;
export const KIND_SWAP = 1 << 10;
export const KIND_MIGRATION = 2 << 10;
export const KIND_DEVICE_PRIVATE = 3 << 10;
export const KIND_HWPOISON = 4 << 10;
export const KIND_TABLE = 5 << 10;
/** The PMD is none for every walk, and khugepaged holds the table that it took out of it: mmap_sem keeps it none. */
export const KIND_DETACHED = 6 << 10;

/** Swap and migration entries: the page was mapped by this entry alone (pte_swp_exclusive). */
export const SWP_EXCLUSIVE = 1 << 13;

/** Bits that swap, migration and device-private entries take over from what they replace. */
export const KEPT = PTE.SOFT_DIRTY | PTE.UFFD_WP;

export const FRAME_SHIFT = 16;

export const frameOf = (entry: number): number => entry >>> FRAME_SHIFT;
export const isPresent = (entry: number): boolean => (entry & PTE.PRESENT) !== 0;
export const isHuge = (entry: number): boolean => (entry & PTE.HUGE) !== 0;
export const kindOf = (entry: number): number => entry & KIND_MASK;
export const tableEntry = (table: number): number => (table << FRAME_SHIFT) | KIND_TABLE;

export const WRITE = constant('WRITE', PTE.WRITE);
export const READ_ONLY = constant('READ_ONLY', 0);
export const DIRTY = constant('DIRTY', PTE.DIRTY);
export const SOFT_DIRTY = constant('SOFT_DIRTY', PTE.SOFT_DIRTY);
export const SPECIAL = constant('SPECIAL', PTE.SPECIAL);
export const HUGE = constant('HUGE', PTE.HUGE);
export const NONE = constant('NONE', 0);

const yes = (holds: boolean): number => (holds ? DONE : NO);

/** An entry for `page` with the given flags. A dirty one is soft-dirty too, as pte_mkdirty does on x86. */
export const mk_pte = value(
  'mk_pte',
  ['page', 'flags'],
  (_m, _t, page, flags) =>
    (page << FRAME_SHIFT) | PTE.PRESENT | flags | ((flags & PTE.DIRTY) !== 0 ? PTE.SOFT_DIRTY : 0),
);
export const mk_huge_pmd = value(
  'mk_huge_pmd',
  ['page', 'flags'],
  (_m, _t, page, flags) =>
    (page << FRAME_SHIFT) | PTE.PRESENT | PTE.HUGE | flags | ((flags & PTE.DIRTY) !== 0 ? PTE.SOFT_DIRTY : 0),
);
export const pte_wrprotect = value('pte_wrprotect', ['entry'], (_m, _t, e) => e & ~PTE.WRITE);
export const pte_mkwrite = value('pte_mkwrite', ['entry'], (_m, _t, e) => e | PTE.WRITE);
export const pte_mkclean = value('pte_mkclean', ['entry'], (_m, _t, e) => e & ~PTE.DIRTY);
export const pte_mkdirty = value('pte_mkdirty', ['entry'], (_m, _t, e) => e | PTE.DIRTY | PTE.SOFT_DIRTY);
export const pte_clear_soft_dirty = value(
  'pte_clear_soft_dirty',
  ['entry'],
  (_m, _t, e) => e & ~PTE.SOFT_DIRTY,
);
export const pte_mksoft_dirty = value('pte_mksoft_dirty', ['entry'], (_m, _t, e) => e | PTE.SOFT_DIRTY);
export const swp_entry_to_pte = value(
  'swp_entry_to_pte',
  ['slot', 'from'],
  (_m, _t, slot, from) => (slot << FRAME_SHIFT) | KIND_SWAP | (from & KEPT),
);
/** Carries the write permission, soft-dirty and uffd-wp of the entry that it replaces. */
export const make_migration_entry = value(
  'make_migration_entry',
  ['page', 'from'],
  (_m, _t, page, from) => (page << FRAME_SHIFT) | KIND_MIGRATION | (from & (PTE.WRITE | KEPT | PTE.HUGE)),
);
/** A migration entry without the write permission (make_migration_entry_read). */
export const make_migration_entry_read = value(
  'make_migration_entry_read',
  ['entry'],
  (_m, _t, e) => e & ~PTE.WRITE,
);
export const make_hwpoison_entry = value(
  'make_hwpoison_entry',
  ['page'],
  (_m, _t, page) => (page << FRAME_SHIFT) | KIND_HWPOISON,
);
/** pte_page, swp_offset and the page of a migration entry alike. */
export const entry_target = value('pte_page', ['entry'], (_m, _t, e) => frameOf(e));

/** pte_modify to PAGE_NONE for a NUMA hint: the write permission is kept in the entry (pte_mk_savedwrite of x86). */
export const pte_mk_protnone = value('pte_mk_protnone', ['entry'], (_m, _t, e) => e | PTE.PROTNONE);
/** pte_modify back to the vma's protection; a saved write permission is given again. */
export const pte_clear_protnone = value('pte_clear_protnone', ['entry'], (_m, _t, e) => e & ~PTE.PROTNONE);
export const pte_mkuffd_wp = value('pte_mkuffd_wp', ['entry'], (_m, _t, e) => (e & ~PTE.WRITE) | PTE.UFFD_WP);
export const pte_clear_uffd_wp = value('pte_clear_uffd_wp', ['entry'], (_m, _t, e) => e & ~PTE.UFFD_WP);

/** The write permission that the vma gives. */
export const maybe_mkwrite = value('maybe_mkwrite', ['entry', 'vma'], (_m, _t, e, vma) =>
  (vma & VM.WRITE) !== 0 ? e | PTE.WRITE : e,
);

const P = { private: true } as const;
export const pte_none = test('pte_none', ['entry'], (_m, _t, e) => yes(e === 0), P);
export const pte_present = test('pte_present', ['entry'], (_m, _t, e) => yes((e & PTE.PRESENT) !== 0), P);
export const pte_write = test('pte_write', ['entry'], (_m, _t, e) => yes((e & PTE.WRITE) !== 0), P);
export const pte_dirty = test('pte_dirty', ['entry'], (_m, _t, e) => yes((e & PTE.DIRTY) !== 0), P);
export const pte_soft_dirty = test(
  'pte_soft_dirty',
  ['entry'],
  (_m, _t, e) => yes((e & PTE.SOFT_DIRTY) !== 0),
  P,
);
/** Present for the kernel, a fault for every walk: a NUMA hint. */
export const pte_protnone = test('pte_protnone', ['entry'], (_m, _t, e) => yes((e & PTE.PROTNONE) !== 0), P);
/** Of present and of swap, migration and device-private entries alike (pte_uffd_wp, pte_swp_uffd_wp). */
export const pte_uffd_wp = test('pte_uffd_wp', ['entry'], (_m, _t, e) => yes((e & PTE.UFFD_WP) !== 0), P);
export const pte_special = test('pte_special', ['entry'], (_m, _t, e) => yes((e & PTE.SPECIAL) !== 0), P);
export const is_swap_entry = test(
  'is_swap_entry',
  ['entry'],
  (_m, _t, e) => yes((e & KIND_MASK) === KIND_SWAP),
  P,
);
export const is_migration_entry = test(
  'is_migration_entry',
  ['entry'],
  (_m, _t, e) => yes((e & KIND_MASK) === KIND_MIGRATION),
  P,
);
export const is_write_migration_entry = test(
  'is_write_migration_entry',
  ['entry'],
  (_m, _t, e) => yes((e & KIND_MASK) === KIND_MIGRATION && (e & PTE.WRITE) !== 0),
  P,
);
export const is_hwpoison_entry = test(
  'is_hwpoison_entry',
  ['entry'],
  (_m, _t, e) => yes((e & KIND_MASK) === KIND_HWPOISON),
  P,
);
export const is_device_private_entry = test(
  'is_device_private_entry',
  ['entry'],
  (_m, _t, e) => yes((e & KIND_MASK) === KIND_DEVICE_PRIVATE),
  P,
);
export const is_write_device_private_entry = test(
  'is_write_device_private_entry',
  ['entry'],
  (_m, _t, e) => yes((e & KIND_MASK) === KIND_DEVICE_PRIVATE && (e & PTE.WRITE) !== 0),
  P,
);
/** Also of an entry that pmdp_invalidate took the present bit from. */
export const pmd_trans_huge = test(
  'pmd_trans_huge',
  ['pmd'],
  (_m, _t, e) => yes((e & (PTE.HUGE | KIND_MASK)) === PTE.HUGE),
  P,
);
export const pmd_table = test('pmd_table', ['pmd'], (_m, _t, e) => yes((e & KIND_MASK) === KIND_TABLE), P);
