import { HUGE_ZERO_FRAME, PAGE_WORDS, PMDS_PER_PUD, PTES_PER_PMD, ZERO_FRAME } from '../machine/geometry.js';
import { FILE, FRAME, MM, SWAP, TABLE, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine, ProgramStep } from '../machine/machine.js';
import { FIRST_TAG, initialValue, twinValue } from '../machine/values.js';
import type { Callable } from '../program/callable.js';
import { choiceMask } from '../kernel/choice.js';
import { FRAME_SHIFT, KIND_SWAP, PTE, SWP_EXCLUSIVE, tableEntry } from '../kernel/entry.js';
import { allocFrame, allocHuge, PG } from '../kernel/page.js';
import { allocTable } from '../kernel/pgtable.js';
import {
  VM,
  VMA_ANON,
  VMA_DAX,
  VMA_FILE_PRIVATE,
  VMA_FILE_SHARED,
  VMA_HUGETLB_PRIVATE,
  VMA_HUGETLB_SHARED,
  VMA_SHMEM,
} from '../kernel/vma.js';
import { headOf } from '../kernel/walk.js';
import { entryAt, mappedFrame } from './setup-entries.js';
import { hugeDaxEntry, mayMapHuge, noteDaxMapping, setUpHugeDaxEntries } from './setup-dax.js';
import { setUpKernelHalf } from './setup-kernel-half.js';
import { setUpObjects } from './setup-objects.js';
import { setUpFile } from './setup-files.js';
import { setUpSubscriber } from './setup-subscribers.js';
import type { Case, PageState, Region, VmaKind } from './case.js';

/** Turns the world of a case into words, and its programs into numbers. */

/** The programs of the case; the tag of a call is a function of its place, whoever runs when. */
export function programsOf(c: Case, callables: ReadonlyMap<string, Callable>): ProgramStep[][] {
  let tag = FIRST_TAG;
  return c.threads.map((thread) =>
    thread.operations.map((call) => ({
      name: call.name,
      args: call.args,
      choices: choiceMask(call.choices),
      tag: callables.get(call.name)?.writes === true ? tag++ : 0,
    })),
  );
}

const VMA_OF: Readonly<Record<VmaKind, number>> = {
  none: 0,
  anon: VMA_ANON,
  'file-shared': VMA_FILE_SHARED,
  'file-private': VMA_FILE_PRIVATE,
  dax: VMA_DAX,
  'hugetlb-private': VMA_HUGETLB_PRIVATE,
  'hugetlb-shared': VMA_HUGETLB_SHARED,
  shmem: VMA_SHMEM,
};

/** Writes the world into the machine's zeroed words. */
export function setUp(m: Machine, c: Case): void {
  const L = m.layout;
  const w = m.words;
  w.fill(0);
  m.blocked = 0;
  for (const f of [
    ZERO_FRAME,
    HUGE_ZERO_FRAME,
    HUGE_ZERO_FRAME + 1,
    HUGE_ZERO_FRAME + 2,
    HUGE_ZERO_FRAME + 3,
  ]) {
    w[L.frameAt(f) + FRAME.KIND] = 1;
    w[L.frameAt(f) + FRAME.REF] = 1;
    w[L.frameAt(f) + FRAME.FLAGS] = PG.RESERVED;
    if (f !== ZERO_FRAME) w[L.frameAt(f) + FRAME.HEAD] = HUGE_ZERO_FRAME + 1;
  }
  let devices = 0;
  for (let t = 0; t < c.threads.length; t++) {
    w[L.threadAt(t) + THREAD.MM] = c.threads[t].mm;
    if (c.threads[t].kind === 'device') setUpSubscriber(m, devices++, c.threads[t]);
  }
  c.world.files.forEach((kind, block) => setUpFile(m, c, kind, block));
  setUpHugeDaxEntries(m, c);
  setUpKernelHalf(m);
  c.world.mms.forEach((regions, mm) => {
    for (let pud = 0; pud < regions.length / 2; pud++) setUpPmdTable(m, c, mm, pud);
    regions.forEach((region, r) => setUpRegion(m, c, mm, r, region));
  });
  setUpObjects(m);
}

/** The table of PMDs of a PUD region, if something needs one there; the first mm's, if the region is shared. */
function setUpPmdTable(m: Machine, c: Case, mm: number, pud: number): void {
  const { layout: L, words: w } = m;
  const regions = c.world.mms[mm].slice(pud * PMDS_PER_PUD, (pud + 1) * PMDS_PER_PUD);
  const at = L.mmAt(mm) + MM.PUD + pud;
  if (mm > 0 && regions.some((r) => r.map === 'pmd-shared')) {
    w[at] = w[L.mmAt(0) + MM.PUD + pud];
    w[L.tableAt(w[at] - 1) + TABLE.COUNT]++;
    return;
  }
  if (regions.every((r) => r.vma === 'none' || (r.vma.startsWith('hugetlb') && r.map === 'pages'))) return;
  const table = allocTable(m);
  w[L.tableAt(table) + TABLE.KIND] = 2;
  w[at] = table + 1;
}

function setUpRegion(m: Machine, c: Case, mm: number, r: number, region: Region): void {
  const { layout: L, words: w } = m;
  const first = mm * L.pages + r * PTES_PER_PMD;
  if (region.vma === 'none') return;
  const kind = VMA_OF[region.vma];
  const anonymous = kind === VMA_ANON || kind === VMA_HUGETLB_PRIVATE;
  for (let i = 0; i < PTES_PER_PMD; i++) {
    const at = L.vpage(first + i);
    w[at + VPAGE.VMA] =
      kind |
      VM.READ |
      VM.LINKED |
      VM.SOFTDIRTY | // until the first clear_refs
      (region.writable ? VM.WRITE : 0) |
      (region.mergeable ? VM.MERGEABLE : 0) |
      (mayMapHuge(region) && !region.vma.startsWith('hugetlb') ? VM.HUGEPAGE : 0);
    w[at + VPAGE.PGOFF] = anonymous ? r * PTES_PER_PMD + i : region.file * PTES_PER_PMD + i;
  }
  const table = w[L.mmAt(mm) + MM.PUD + (r >> 1)] - 1;
  if (table < 0) return;
  const pmd = L.tableAt(table) + TABLE.ENTRY + (r & 1);
  if (w[pmd] !== 0) return; // mapped already by the mm that shares the table
  if (region.map === 'huge-zero') {
    w[pmd] = (HUGE_ZERO_FRAME << FRAME_SHIFT) | PTE.PRESENT | PTE.HUGE;
    w[L.mmAt(mm) + MM.HUGE_ZERO] = 1;
  } else if (region.map === 'huge' && region.vma === 'dax') w[pmd] = hugeDaxEntry(m, region);
  else if (region.map !== 'pages') mapHuge(m, first, pmd, kind, region);
  else mapPages(m, c, first, pmd, region);
}

function mapHuge(m: Machine, first: number, pmd: number, kind: number, region: Region): void {
  const { layout: L, words: w } = m;
  let head: number;
  const partner = region.map === 'huge-shared' && first >= L.pages ? mappedFrame(m, first - L.pages) : -1;
  if (partner >= 0) head = partner;
  else if (kind === VMA_HUGETLB_SHARED || kind === VMA_SHMEM)
    head = w[L.fileAt(region.file * PTES_PER_PMD) + FILE.CACHE] - 1;
  else {
    head = allocHuge(m);
    for (let i = 0; i < PTES_PER_PMD; i++) {
      const at = L.frameAt(head + i);
      w[at + FRAME.FLAGS] = PG.ANON | PG.SWAPBACKED | (kind === VMA_HUGETLB_PRIVATE ? PG.HUGETLB : 0);
      w[at + FRAME.INDEX] = w[L.vpage(first + i) + VPAGE.PGOFF]!;
      for (let k = 0; k < PAGE_WORDS; k++) w[at + FRAME.W + k] = contents(first + i, k, region);
    }
    w[L.frameAt(head) + FRAME.REF]--; // the mapping's reference is the one it was allocated with
    if (region.map !== 'huge-shared') w[L.frameAt(head) + FRAME.FLAGS] |= PG.ANON_EXCLUSIVE;
  }
  w[L.frameAt(head) + FRAME.REF]++;
  w[L.frameAt(head) + FRAME.CMAP]++;
  w[pmd] =
    (head << FRAME_SHIFT) |
    PTE.PRESENT |
    PTE.HUGE |
    PTE.DIRTY |
    PTE.SOFT_DIRTY |
    (region.writable && region.map !== 'huge-shared' ? PTE.WRITE : 0);
}

const contents = (page: number, word: number, region: Region): number =>
  region.mergeable ? twinValue(word) : initialValue(page, word);

function mapPages(m: Machine, c: Case, first: number, pmd: number, region: Region): void {
  const { layout: L, words: w } = m;
  if (region.vma.startsWith('hugetlb')) return;
  if (region.pages.every((p) => p === 'none')) return;
  const table = allocTable(m);
  w[pmd] = tableEntry(table);
  region.pages.forEach((state, i) => {
    w[L.tableAt(table) + TABLE.ENTRY + i] = pageEntry(m, c, first + i, state, region);
  });
}

function pageEntry(m: Machine, c: Case, addr: number, state: PageState, region: Region): number {
  const writable = region.writable ? PTE.WRITE : 0;
  if (state === 'none') return 0;
  if (
    region.vma === 'dax' ||
    region.vma === 'shmem' ||
    region.vma === 'file-shared' ||
    (region.vma === 'file-private' && state === 'page')
  ) {
    const clean = region.vma === 'shmem' ? writable : 0; // vm_page_prot
    return fileEntry(m, addr, region, state === 'written' ? writable | PTE.DIRTY | PTE.SOFT_DIRTY : clean);
  }
  switch (state) {
    case 'zero':
      return PTE.PRESENT | PTE.SPECIAL;
    case 'swapped':
      return swappedEntry(m, addr, region);
    case 'shared':
      return sharedEntry(m, c, addr, region);
    case 'lazyfree':
      return lazyfreeEntry(m, addr, region) | writable;
    case 'clean':
      return anonEntry(m, addr, region) | writable;
    case 'page':
    case 'written':
      return anonEntry(m, addr, region) | writable | PTE.DIRTY | PTE.SOFT_DIRTY;
  }
}

function anonEntry(m: Machine, addr: number, region: Region): number {
  const { layout: L, words: w } = m;
  const frame = allocFrame(m);
  const at = L.frameAt(frame);
  w[at + FRAME.FLAGS] = PG.ANON | PG.SWAPBACKED | PG.DIRTY | PG.ANON_EXCLUSIVE;
  w[at + FRAME.INDEX] = w[L.vpage(addr) + VPAGE.PGOFF]!;
  w[at + FRAME.MAP] = 1;
  for (let k = 0; k < PAGE_WORDS; k++) w[at + FRAME.W + k] = contents(addr, k, region);
  return (frame << FRAME_SHIFT) | PTE.PRESENT;
}

/** mark_page_lazyfree has taken PG_swapbacked away; the entry is clean. */
function lazyfreeEntry(m: Machine, addr: number, region: Region): number {
  const entry = anonEntry(m, addr, region);
  m.words[m.layout.frameAt(entry >>> FRAME_SHIFT) + FRAME.FLAGS] = PG.ANON | PG.ANON_EXCLUSIVE;
  return entry;
}

/** The same page of the other mm maps the same frame, read-only, as after fork. */
function sharedEntry(m: Machine, c: Case, addr: number, region: Region): number {
  const { layout: L, words: w } = m;
  const partner = addr >= L.pages ? addr - L.pages : -1;
  const theirs = partner < 0 ? 0 : entryAt(m, partner);
  if (
    partner >= 0 &&
    (theirs & PTE.PRESENT) !== 0 &&
    c.world.mms[0][(partner >> 2) % c.world.mms[0].length].pages[partner & 3] === 'shared'
  ) {
    const at = L.frameAt(theirs >>> FRAME_SHIFT);
    w[at + FRAME.MAP]++;
    w[at + FRAME.REF]++;
    w[at + FRAME.FLAGS] &= ~PG.ANON_EXCLUSIVE;
    return theirs;
  }
  return anonEntry(m, addr, region) | PTE.DIRTY | PTE.SOFT_DIRTY;
}

function swappedEntry(m: Machine, addr: number, region: Region): number {
  const { layout: L, words: w } = m;
  for (let s = 0; s < L.geometry.swapSlots; s++) {
    const at = L.swapAt(s);
    if (w[at + SWAP.COUNT] !== 0) continue;
    w[at + SWAP.COUNT] = 1;
    for (let k = 0; k < PAGE_WORDS; k++) w[at + SWAP.S + k] = contents(addr, k, region);
    return (s << FRAME_SHIFT) | KIND_SWAP | SWP_EXCLUSIVE | PTE.SOFT_DIRTY;
  }
  return anonEntry(m, addr, region) | PTE.DIRTY | PTE.SOFT_DIRTY;
}

function fileEntry(m: Machine, addr: number, region: Region, flags: number): number {
  const { layout: L, words: w } = m;
  const index = w[L.vpage(addr) + VPAGE.PGOFF];
  const file = L.fileAt(index);
  if (w[file + FILE.CACHE] === 0) {
    const frame = allocFrame(m);
    const at = L.frameAt(frame);
    w[at + FRAME.FLAGS] = PG.FILE;
    w[at + FRAME.INDEX] = index;
    for (let k = 0; k < PAGE_WORDS; k++) w[at + FRAME.W + k] = w[file + FILE.S + k]!;
    w[file + FILE.CACHE] = frame + 1;
  }
  const frame = w[file + FILE.CACHE] - 1;
  const at = L.frameAt(frame);
  if (region.vma === 'dax') {
    noteDaxMapping(m, index, (flags & PTE.DIRTY) !== 0);
  } else {
    w[at + FRAME.MAP]++;
    w[L.frameAt(headOf(m, frame)) + FRAME.REF]++;
    if ((flags & PTE.DIRTY) !== 0) w[at + FRAME.FLAGS] |= PG.DIRTY;
  }
  return (frame << FRAME_SHIFT) | PTE.PRESENT | flags;
}
