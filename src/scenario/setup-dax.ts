import { PTES_PER_PMD } from '../machine/geometry.js';
import { FILE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { DAX } from '../kernel/dax.js';
import { FRAME_SHIFT, PTE } from '../kernel/entry.js';
import type { Case, Region } from './case.js';

/** The tree of a DAX file while a world is set up: an entry of 4 pages where some mm has a huge entry, else of one. */

/** Entries of 4 pages: before anything is mapped, since they serve mappings of single pages too. */
export function setUpHugeDaxEntries(m: Machine, c: Case): void {
  for (const mm of c.world.mms)
    for (const region of mm) {
      if (region.vma !== 'dax' || region.map !== 'huge') continue;
      m.words[m.layout.fileAt(region.file * PTES_PER_PMD) + FILE.TAGS] |= DAX.ENTRY | DAX.PMD;
    }
}

/** The file page is mapped, `dirty` if it may have been written. */
export function noteDaxMapping(m: Machine, index: number, dirty: boolean): void {
  const first = m.layout.fileAt(index & ~(PTES_PER_PMD - 1)) + FILE.TAGS;
  const at = (m.words[first] & DAX.PMD) !== 0 ? first : m.layout.fileAt(index) + FILE.TAGS;
  m.words[at] |= DAX.ENTRY | (dirty ? DAX.DIRTY : 0);
}

/** A huge entry of the region's file: written if the region is writable. */
export function hugeDaxEntry(m: Machine, region: Region): number {
  const index = region.file * PTES_PER_PMD;
  const head = m.words[m.layout.fileAt(index) + FILE.CACHE] - 1;
  noteDaxMapping(m, index, region.writable);
  const written = region.writable ? PTE.WRITE | PTE.DIRTY | PTE.SOFT_DIRTY : 0;
  return (head << FRAME_SHIFT) | PTE.PRESENT | PTE.HUGE | written;
}

/** A huge entry may come to map the region: one does, or nothing is mapped yet. */
export function mayMapHuge(region: Region): boolean {
  if (region.map !== 'pages') return true;
  return region.vma === 'dax' && region.pages.every((p) => p === 'none');
}
