import { VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { VM, VMA_DAX, vmaKind } from './vma.js';

/**
 * Walks over what maps a range of a file: walk_page_mapping of mm/pagewalk.c with mm/mapping_dirty_helpers.c, v5.7. The
 * helpers are for device files, whose pages are on no LRU list: reclaim's batched flushes are not theirs to pay. Those
 * files are the world's DAX files here; files of the page cache are passed by.
 */

const P = { private: true } as const;

/** The address maps one of the file pages, shared: what wp_clean_test_walk lets pass. */
function shares(m: Machine, addr: number, index: number, count: number): boolean {
  const at = m.layout.vpage(addr);
  const vma = m.words[at + VPAGE.VMA];
  if (vmaKind(vma) !== VMA_DAX || (vma & VM.LINKED) === 0) return false;
  const offset = m.words[at + VPAGE.PGOFF] - index;
  return offset >= 0 && offset < count;
}

function run(m: Machine, addr: number, index: number, count: number): number {
  const { layout: L, words: w } = m;
  const end = (addr & ~(L.pages - 1)) + L.pages;
  const first = L.vpage(addr);
  let to = addr + 1;
  while (
    to < end &&
    shares(m, to, index, count) &&
    w[L.vpage(to) + VPAGE.VMA] === w[first + VPAGE.VMA] &&
    w[L.vpage(to) + VPAGE.PGOFF] === w[first + VPAGE.PGOFF] + to - addr
  )
    to++;
  return to - addr;
}

/** First page of the next vma that shares some of the file pages [index, index + count), in any mm; i_mmap_rwsem is held. */
export const walk_page_mapping = test(
  'walk_page_mapping',
  ['index', 'count', '>cursor', '>addr'],
  (m, _t, index, count, cursor, out) => {
    const total = m.layout.geometry.mms * m.layout.pages;
    for (let addr = m.words[cursor]; addr < total; addr++) {
      if (!shares(m, addr, index, count)) continue;
      m.words[out] = addr;
      m.words[cursor] = addr + run(m, addr, index, count);
      return DONE;
    }
    m.words[cursor] = 0;
    return NO;
  },
  P,
);
/** Pages from `addr` on that its vma has of the file pages. */
export const walk_page_mapping_part = value(
  'walk_page_mapping_part',
  ['addr', 'index', 'count'],
  (m, _t, addr, index, count) => run(m, addr, index, count),
);
/** The bit of the page in the caller's bitmap: nobody but the driver reads it, later. */
export const record_dirty = verb('__set_bit', ['addr'], () => DONE, P);
