import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { initialValue } from '../machine/values.js';
import { allocFrame, allocHuge, PG } from '../kernel/page.js';
import { SHMEM } from '../kernel/shmem.js';
import type { Case } from './case.js';

/**
 * A file of tmpfs while a world is set up: one huge page in the page cache if some mm maps it by a PMD; or else the pages that some
 * mm maps. The others are holes, which read as zeros.
 */
export function setUpShmemFile(m: Machine, c: Case, block: number): void {
  const { layout: L, words: w } = m;
  const mapped = c.world.mms.flat().filter((r) => r.vma === 'shmem' && r.file === block);
  const huge = mapped.some((r) => r.map === 'huge');
  const head = huge ? allocHuge(m) : -1;
  for (let i = 0; i < PTES_PER_PMD; i++) {
    const index = block * PTES_PER_PMD + i;
    w[L.fileAt(index) + FILE.TAGS] = SHMEM;
    if (!huge && mapped.every((r) => r.pages[i] === 'none')) continue;
    const frame = huge ? head + i : allocFrame(m);
    const at = L.frameAt(frame);
    w[L.fileAt(index) + FILE.CACHE] = frame + 1;
    w[at + FRAME.INDEX] = index;
    w[at + FRAME.FLAGS] = PG.FILE | PG.DIRTY;
    for (let k = 0; k < PAGE_WORDS; k++) w[at + FRAME.W + k] = initialValue(200 + index, k);
  }
}
