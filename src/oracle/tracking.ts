import { VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { WINDOW } from '../machine/observer.js';
import { PTE } from '../kernel/entry.js';
import { VM } from '../kernel/vma.js';
import { baseEntry } from '../kernel/walk.js';
import { isHugetlb } from '../kernel/vma.js';
import { LOGGED, PROTECTED, TRACKED } from './objects.js';

/** What has been promised about later writes to a page: the bits of VPAGE.TRACK. */

/** Promises that begin, or end, at the step that says so. */
export const isMark = (kind: number): boolean => kind === WINDOW.LOG || kind === WINDOW.LET;

export function mark(m: Machine, kind: number, start: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const at = m.layout.vpage(start + i) + VPAGE.TRACK;
    if (kind === WINDOW.LOG) m.words[at] |= LOGGED;
    else m.words[at] &= ~PROTECTED;
  }
}

/** Promises that begin when the operation returns. */
export function trackFromHere(m: Machine, kind: number, start: number, count: number): void {
  if (kind !== WINDOW.TRACK && kind !== WINDOW.ASK) return;
  for (let addr = start; addr < start + count; addr++) {
    const v = m.layout.vpage(addr);
    if (kind === WINDOW.TRACK) {
      const vma = m.words[v + VPAGE.VMA];
      // clear_refs walks no hugetlb page: nothing is promised of them
      if (vma !== 0 && !isHugetlb(vma)) m.words[v + VPAGE.TRACK] |= TRACKED;
    } else if (asks(m, addr)) m.words[v + VPAGE.TRACK] |= PROTECTED;
  }
}

/** Nothing was there to protect, or a monitor has let a write through meanwhile: then the entry does not say so. */
function asks(m: Machine, addr: number): boolean {
  const vma = m.words[m.layout.vpage(addr) + VPAGE.VMA];
  return (vma & VM.UFFD_WP) !== 0 && (baseEntry(m, addr) & PTE.UFFD_WP) !== 0;
}

/** What comes after a discarded page is not protected. */
export function unprotect(m: Machine, start: number, count: number): void {
  for (let i = 0; i < count; i++) m.words[m.layout.vpage(start + i) + VPAGE.TRACK] &= ~PROTECTED;
}
