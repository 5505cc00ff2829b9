import type { Machine } from '../machine/machine.js';
import { isPresent, PTE } from '../kernel/entry.js';
import { baseEntry, frameFor } from '../kernel/walk.js';

/** What entries and cached translations give, compared. */

/** The change takes a frame or a right away from whoever cached the entry. */
export function loses(before: number, after: number): boolean {
  if (before === after || !isPresent(before)) return false;
  if (!isPresent(after)) return true;
  if (before >>> 16 !== after >>> 16) return true;
  return (
    (before & ~after & (PTE.WRITE | PTE.SOFT_DIRTY | PTE.DIRTY)) !== 0 ||
    (after & ~before & PTE.PROTNONE) !== 0
  );
}

/** Translation `e`, cached for `addr`, gives nobody more than the entry that stands there now. */
export function granted(m: Machine, addr: number, e: number): boolean {
  const now = baseEntry(m, addr);
  if ((e & PTE.FREED) !== 0 || !isPresent(now) || (now & PTE.PROTNONE) !== 0) return false;
  if (frameFor(now, addr) !== frameFor(e, addr)) return false;
  return (e & PTE.WRITE) === 0 || (now & PTE.WRITE) !== 0;
}
