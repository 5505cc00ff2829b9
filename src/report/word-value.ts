import {
  frameOf,
  isHuge,
  isPresent,
  KIND_DEVICE_PRIVATE,
  KIND_HWPOISON,
  KIND_MIGRATION,
  KIND_SWAP,
  KIND_TABLE,
  kindOf,
  PTE,
} from '../kernel/entry.js';
import { PG } from '../kernel/page.js';
import {
  VM,
  VMA_ANON,
  VMA_DAX,
  VMA_FILE_PRIVATE,
  VMA_FILE_SHARED,
  VMA_SHMEM,
  VMA_HUGETLB_PRIVATE,
  VMA_HUGETLB_SHARED,
  VMA_PFNMAP,
  vmaKind,
} from '../kernel/vma.js';
import { HUGE_ZERO_FRAME, ZERO_FRAME } from '../machine/geometry.js';

/** Texts of what single words hold. */

const KINDS: ReadonlyMap<number, string> = new Map([
  [KIND_SWAP, 'swap'],
  [KIND_MIGRATION, 'migration'],
  [KIND_DEVICE_PRIVATE, 'device-private'],
  [KIND_HWPOISON, 'hwpoison'],
  [KIND_TABLE, 'table'],
]);

/** `none`, `frame 9 rw dirty`, `huge frame 12 ro`, `swap 2`, `migration 9 write`: page-table entries and translations. */
export function entryText(entry: number): string {
  if (entry === 0) return 'none';
  if (!isPresent(entry)) {
    const write = kindOf(entry) === KIND_MIGRATION && (entry & PTE.WRITE) !== 0 ? ' write' : '';
    return `${KINDS.get(kindOf(entry)) ?? 'unknown'} ${frameOf(entry)}${write}${freedText(entry)}`;
  }
  const words = [frameText(frameOf(entry), isHuge(entry)), (entry & PTE.WRITE) !== 0 ? 'rw' : 'ro'];
  if ((entry & PTE.DIRTY) !== 0) words.push('dirty');
  // what is dirty is soft-dirty too, unless it was cleared since
  else if ((entry & PTE.SOFT_DIRTY) !== 0) words.push('soft-dirty');
  if ((entry & (PTE.DIRTY | PTE.SOFT_DIRTY)) === PTE.DIRTY) words.push('not-soft-dirty');
  if ((entry & PTE.UFFD_WP) !== 0) words.push('uffd-wp');
  if ((entry & PTE.PROTNONE) !== 0) words.push('protnone');
  if ((entry & PTE.LATE) !== 0) words.push('late-dirty');
  return words.join(' ') + freedText(entry);
}

function freedText(entry: number): string {
  return (entry & PTE.FREED) !== 0 ? ' (freed since)' : '';
}

function frameText(frame: number, huge: boolean): string {
  if (frame === ZERO_FRAME) return 'zero page';
  if (frame === HUGE_ZERO_FRAME) return 'huge zero page';
  return huge ? `huge frame ${frame}` : `frame ${frame}`;
}

const VMAS: ReadonlyMap<number, string> = new Map([
  [VMA_ANON, 'anon'],
  [VMA_FILE_SHARED, 'file-shared'],
  [VMA_FILE_PRIVATE, 'file-private'],
  [VMA_DAX, 'dax'],
  [VMA_SHMEM, 'shmem'],
  [VMA_HUGETLB_PRIVATE, 'hugetlb-private'],
  [VMA_HUGETLB_SHARED, 'hugetlb-shared'],
  [VMA_PFNMAP, 'pfnmap'],
]);

/** `anon rw`, `none`. */
export function vmaText(vma: number): string {
  if (vma === 0) return 'none';
  const kind = VMAS.get(vmaKind(vma)) ?? 'unknown';
  const rights = (vma & VM.WRITE) !== 0 ? 'rw' : (vma & VM.READ) !== 0 ? 'ro' : 'no access';
  return `${kind} ${rights}${(vma & VM.DETACHED) !== 0 ? ' detached' : ''}`;
}

/** `anon dirty`, `no flags`. */
export function pageFlagsText(flags: number): string {
  const names = Object.entries(PG).filter(([, bit]) => (flags & bit) !== 0);
  return names.length === 0
    ? 'no flags'
    : names.map(([name]) => name.toLowerCase().replace('_', '-')).join(' ');
}

/** `3 and 5` of a bit set. */
export function bitsText(bits: number): string {
  const set = Array.from({ length: 31 }, (_, i) => i).filter((i) => (bits & (1 << i)) !== 0);
  return set.length === 0 ? 'none' : set.join(',');
}
