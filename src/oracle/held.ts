import { PAGE_WORDS } from '../machine/geometry.js';
import { VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { bitOf } from '../machine/values.js';
import { isFile } from '../kernel/vma.js';
import { fileValue } from './backing.js';

/** The value was the cell's at the call of thread t's operation, or was written since. */
export function heldSince(m: Machine, t: number, object: number, word: number, value: number): boolean {
  const at = m.layout.windowAt(t, object);
  return value === m.words[at + PAGE_WORDS + word] || writtenSince(m, t, object, word, value);
}

/**
 * The value was written since the call, or read anew from the file for a private copy (then an initial value counts, if
 * it is not the one that was there at the call).
 */
export function writtenSince(m: Machine, t: number, object: number, word: number, value: number): boolean {
  const at = m.layout.windowAt(t, object);
  if ((m.words[at + word] & bitOf(value)) === 0) return false;
  return (value & 31) !== 1 || value !== m.words[at + PAGE_WORDS + word];
}

/** What the contents become by a discard: the file's, or zero. */
export function resultOf(m: Machine, addr: number, word: number): number {
  const at = m.layout.vpage(addr);
  return isFile(m.words[at + VPAGE.VMA]) ? fileValue(m, m.words[at + VPAGE.PGOFF], word) : 0;
}
