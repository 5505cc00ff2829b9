import { THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { WINDOW } from '../machine/observer.js';
import { isFile } from '../kernel/vma.js';
import type { Asking } from './asking.js';
import { BORN, openOn } from './objects.js';

/** Discards of file pages: a hole punch or truncation speaks of a file, and of every mapping of it in every mm. */

export const discardsFile = (kind: number): boolean => kind === WINDOW.PUNCH || kind === WINDOW.TRUNCATE;

/** The file page that the address maps, as an object; -1 when it maps none. */
export function fileObject(m: Machine, addr: number): number {
  const at = m.layout.vpage(addr);
  if (!isFile(m.words[at + VPAGE.VMA])) return -1;
  return m.layout.geometry.mms * m.layout.pages + m.words[at + VPAGE.PGOFF];
}

/** Nobody reaches the pages of the file through what mapped them before. */
export function promiseFile(l: Asking, t: number, kind: number, start: number, count: number): void {
  const m = l.m;
  const L = m.layout;
  const files = L.geometry.mms * L.pages;
  for (let addr = 0; addr < files; addr++) {
    const file = fileObject(m, addr) - files;
    if (file < start || file >= start + count) continue;
    if (kind === WINDOW.TRUNCATE || m.words[L.vpage(addr) + VPAGE.OBJECT] === files + file + 1)
      l.promised(m, t, addr, false);
  }
}

/** Private copies of the file pages are discarded with them. */
export function openOnCopies(m: Machine, t: number, start: number, count: number): void {
  const files = m.layout.geometry.mms * m.layout.pages;
  for (let addr = 0; addr < files; addr++) {
    const file = fileObject(m, addr) - files;
    const object = m.words[m.layout.vpage(addr) + VPAGE.OBJECT] - 1;
    if (file >= start && file < start + count && object >= 0 && object < files) openOn(m, t, object);
  }
}

/**
 * A page that became private inside an open discard is discarded with the rest. A hole punch leaves it alone, but what it
 * mapped before may be seen there until the punch returns.
 */
export function adoptWindows(m: Machine, object: number, addr: number): void {
  const file = fileObject(m, addr) - m.layout.geometry.mms * m.layout.pages;
  for (let t = 0; t < m.layout.geometry.cpus; t++) {
    const window = m.words[m.layout.threadAt(t) + THREAD.WINDOW];
    const kind = window & 15;
    const at = discardsFile(kind) ? file : addr;
    if (kind !== WINDOW.DISCARD && kind !== WINDOW.UNMAP && kind !== WINDOW.REAP && !discardsFile(kind))
      continue;
    const start = (window >> 4) & 255;
    const count = (window >> 12) & 255;
    if (at < start || at >= start + count) continue;
    openOn(m, t, object);
    m.words[m.layout.windowAt(t, object)] |= BORN;
  }
}
