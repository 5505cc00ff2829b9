import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { initialValue } from '../machine/values.js';
import { DAX } from '../kernel/dax.js';
import { HUGETLBFS } from '../kernel/hugetlb-truncate.js';
import { allocFrame, allocHuge, PG } from '../kernel/page.js';
import { SHMEM } from '../kernel/shmem.js';
import type { Case, FileKind } from './case.js';

/** A file while a world is set up: its storage, and what is in the page cache from the start. */
export function setUpFile(m: Machine, c: Case, kind: FileKind, block: number): void {
  if (kind === 'shmem') {
    setUpShmemFile(m, c, block);
    return;
  }
  const { layout: L, words: w } = m;
  const first = block * PTES_PER_PMD;
  for (let i = 0; i < PTES_PER_PMD; i++)
    for (let k = 0; k < PAGE_WORDS; k++)
      w[L.fileAt(first + i) + FILE.S + k] = initialValue(200 + first + i, k);
  if (kind === 'page-cache') return;
  const head = allocHuge(m);
  for (let i = 0; i < PTES_PER_PMD; i++) {
    const at = L.frameAt(head + i);
    w[L.fileAt(first + i) + FILE.CACHE] = head + i + 1;
    w[at + FRAME.INDEX] = first + i;
    w[at + FRAME.FLAGS] = kind === 'dax' ? PG.RESERVED : PG.FILE | PG.HUGETLB;
    if (kind === 'hugetlbfs') w[L.fileAt(first + i) + FILE.TAGS] = HUGETLBFS;
    if (kind === 'dax') {
      w[L.fileAt(first + i) + FILE.TAGS] = DAX.FILE;
      w[at + FRAME.HEAD] = 0;
      w[at + FRAME.REF] = 1;
    }
    for (let k = 0; k < PAGE_WORDS; k++) w[at + FRAME.W + k] = w[L.fileAt(first + i) + FILE.S + k]!;
  }
}

/**
 * A file of tmpfs while a world is set up: one huge page in the page cache if some mm maps it by a PMD; or else the pages that some
 * mm maps. The others are holes, which read as zeros.
 */
function setUpShmemFile(m: Machine, c: Case, block: number): void {
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
