import { PAGE_WORDS } from '../machine/geometry.js';
import { VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { bitOf } from '../machine/values.js';
import { isFile } from '../kernel/vma.js';
import { fileValue } from './backing.js';

/** The value was the cell's at the call of thread t's operation, or was written since. */
export function heldSince(m: Machine, t: number, object: number, word: number, value: number): boolean {
  const at = m.layout.windowAt(t, object);
  return (
    value === m.words[at + PAGE_WORDS + word] ||
    (value !== 0 && (value & 31) !== 1 && (m.words[at + word] & bitOf(value)) !== 0)
  );
}

/** What the contents become by a discard: the file's, or zero. */
export function resultOf(m: Machine, addr: number, word: number): number {
  const at = m.layout.vpage(addr);
  return isFile(m.words[at + VPAGE.VMA]) ? fileValue(m, m.words[at + VPAGE.PGOFF], word) : 0;
}
