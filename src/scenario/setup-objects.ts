import { PAGE_WORDS } from '../machine/geometry.js';
import { FILE, FRAME, OBJECT, SWAP, VPAGE, type Layout } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { FRAME_SHIFT, KIND_SWAP } from '../kernel/entry.js';
import { PG } from '../kernel/page.js';
import { VMA_ANON, VMA_HUGETLB_PRIVATE } from '../kernel/vma.js';
import { DISCARDABLE } from '../oracle/objects.js';
import { entryAt, mappedFrame } from './setup-entries.js';

/** The logical memory begins as what the page tables and the storage say. */
export function setUpObjects(m: Machine): void {
  const { layout: L, words: w } = m;
  const files = L.geometry.mms * L.pages;
  for (let i = 0; i < L.geometry.filePages; i++) {
    const at = L.objectAt(files + i);
    const cached = w[L.fileAt(i) + FILE.CACHE];
    w[at + OBJECT.HOME] = cached;
    for (let k = 0; k < PAGE_WORDS; k++)
      w[at + OBJECT.CELL + k] =
        cached === 0 ? w[L.fileAt(i) + FILE.S + k] : w[L.frameAt(cached - 1) + FRAME.W + k];
  }
  for (let addr = 0; addr < files; addr++) setUpObject(m, L, addr, files);
}

function setUpObject(m: Machine, L: Layout, addr: number, files: number): void {
  const w = m.words;
  const at = L.vpage(addr);
  const vma = w[at + VPAGE.VMA];
  if (vma === 0) return;
  const kind = vma & 15;
  const mapped = mappedFrame(m, addr);
  const isFileMapping = kind !== VMA_ANON && kind !== VMA_HUGETLB_PRIVATE;
  const copied = mapped > 0 && (w[L.frameAt(mapped) + FRAME.FLAGS] & PG.ANON) !== 0;
  if (isFileMapping && !copied) {
    w[at + VPAGE.OBJECT] = files + w[at + VPAGE.PGOFF] + 1;
    return;
  }
  w[at + VPAGE.OBJECT] = addr + 1;
  const object = L.objectAt(addr);
  const entry = entryAt(m, addr);
  if (mapped >= 0) {
    w[object + OBJECT.HOME] = mapped + 1;
    if (isLazyfree(w[L.frameAt(mapped) + FRAME.FLAGS])) w[object + OBJECT.STATE] = DISCARDABLE;
    for (let k = 0; k < PAGE_WORDS; k++) w[object + OBJECT.CELL + k] = w[L.frameAt(mapped) + FRAME.W + k]!;
  } else if ((entry & KIND_SWAP) !== 0) {
    for (let k = 0; k < PAGE_WORDS; k++)
      w[object + OBJECT.CELL + k] = w[L.swapAt(entry >>> FRAME_SHIFT) + SWAP.S + k]!;
  }
}

/** An anonymous page that MADV_FREE has marked. */
const isLazyfree = (flags: number): boolean => (flags & (PG.ANON | PG.SWAPBACKED)) === PG.ANON;
