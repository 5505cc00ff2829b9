import { PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { PTE } from './entry.js';
import { addFilePage } from './filemap.js';
import { PG } from './page.js';
import { VM, VMA_SHMEM, vmaKind } from './vma.js';
import { sleeps } from './walk.js';

/**
 * Files of tmpfs: mm/shmem.c, v4.14, with huge=always. Their pages are locked in memory (SHM_LOCK), so that no reclaim, migration
 * or hardware error takes them; nothing is behind them.
 */

const P = { private: true } as const;
const yes = (holds: boolean): number => (holds ? DONE : NO);

/** FILE.TAGS: the file page is of tmpfs, hole or not. */
export const SHMEM = 128;

const isShmem = (m: Machine, index: number): boolean =>
  (m.words[m.layout.fileAt(index) + FILE.TAGS] & SHMEM) !== 0;

/** The frame is in the page cache of a file of tmpfs. */
export function isShmemPage(m: Machine, frame: number): boolean {
  const at = m.layout.frameAt(frame);
  return (m.words[at + FRAME.FLAGS] & PG.FILE) !== 0 && isShmem(m, m.words[at + FRAME.INDEX]);
}

/** The file is one of tmpfs. */
export const shmem_mapping = test('shmem_mapping', ['index'], (m, _t, index) => yes(isShmem(m, index)), P);

/** PTE.WRITE where the page protection of the shared mapping has it: no page_mkwrite, and no soft-dirty tracking. */
const protWrite = (vma: number): number =>
  vmaKind(vma) === VMA_SHMEM && (vma & VM.WRITE) !== 0 && (vma & VM.SOFTDIRTY) !== 0 ? PTE.WRITE : 0;

/** The write permission that vma->vm_page_prot gives to every entry; only mappings of tmpfs have it. */
export const vm_page_prot = value('vm_page_prot', ['vma'], (_m, _t, vma) => protWrite(vma));
/** The same, of the vma over the address. */
export const prot_writable = test(
  'vm_page_prot_writable',
  ['addr'],
  (m, _t, addr) => yes(protWrite(m.words[m.layout.vpage(addr) + VPAGE.VMA]) !== 0),
  P,
);

/**
 * inode->i_private, struct shmem_falloc: who punches, + 1, then the first page of the hole and their number. It stands for
 * inode->i_rwsem too.
 */
const fallocOf = (m: Machine, index: number): number => m.layout.invalidateLock + (index >> 2);
const START = 8;
const COUNT = 16;

/** Faults in the hole wait from here on. */
export const shmem_falloc_begin = verb(
  'inode_lock_shmem_falloc',
  ['index', 'count'],
  (m, t, index, count) => {
    const at = fallocOf(m, index);
    if (m.words[at] !== 0) return BLOCKED;
    m.words[at] = (t + 1) | (index << START) | (count << COUNT);
    m.words[m.layout.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { sleeps: true, effect: { does: 'take', resource: 'mutex', of: 0 } },
);
export const shmem_falloc_end = verb(
  'inode_unlock_shmem_falloc',
  ['index'],
  (m, t, index) => {
    m.words[fallocOf(m, index)] = 0;
    m.words[m.layout.threadAt(t) + THREAD.HELD]--;
    return DONE;
  },
  { effect: { does: 'release', resource: 'mutex', of: 0 } },
);

function isBeingPunched(m: Machine, index: number): boolean {
  const falloc = m.words[fallocOf(m, index)];
  const first = (falloc >> START) & 255;
  return falloc !== 0 && index >= first && index < first + (falloc >> COUNT);
}
/** A hole is being punched where the page is. */
export const shmem_falloc_waitq = test('shmem_falloc_waitq', ['index'], (m, _t, index) =>
  yes(isBeingPunched(m, index)),
);
/** Waits until it is. */
export const wait_on_shmem_falloc = verb(
  'shmem_falloc_wait',
  ['index'],
  (m, t, index) => {
    if (isBeingPunched(m, index)) return BLOCKED;
    sleeps(m, t, 'shmem_falloc_wait');
    return DONE;
  },
  { sleeps: true },
);

/** A zeroed page for the hole at `index`, unlocked and up to date; NO without memory. */
export const shmem_alloc_and_acct_page = test(
  'shmem_alloc_and_acct_page',
  ['index'],
  (m, t, index) => {
    if (m.words[m.layout.fileAt(index) + FILE.CACHE] !== 0) return DONE;
    return addFilePage(m, t, index, PG.FILE | PG.DIRTY) < 0 ? NO : DONE;
  },
  { sleeps: true },
);

/** Page `addr` of the vma and its neighbours can be mapped by a PMD: vma and file are aligned alike, and it covers the PMD. */
export const file_pmd_suitable = test(
  'file_transhuge_vma_suitable',
  ['addr'],
  (m, _t, addr) => yes(coversPmd(m, addr & ~(PTES_PER_PMD - 1))),
  P,
);

/** One vma covers the PMD that begins at `first`, with 4 pages of a file that a huge page can hold. */
export function coversPmd(m: Machine, first: number): boolean {
  const w = m.words;
  const at = m.layout.vpage(first);
  if (w[at + VPAGE.VMA] === 0 || (w[at + VPAGE.PGOFF] & (PTES_PER_PMD - 1)) !== 0) return false;
  for (let i = 1; i < PTES_PER_PMD; i++) {
    const other = m.layout.vpage(first + i);
    if (w[other + VPAGE.VMA] !== w[at + VPAGE.VMA] || w[other + VPAGE.PGOFF] !== w[at + VPAGE.PGOFF] + i)
      return false;
  }
  return true;
}

/** The page stays when [index, index + count) goes: it is in the middle of a huge page of which only a part goes. */
export const thp_partly_gone = test(
  'PageTransCompound_partly',
  ['page', 'index', 'count'],
  (m, _t, page, index, count) => {
    const at = m.layout.frameAt(page);
    if (m.words[at + FRAME.HEAD] === 0) return NO;
    return yes(
      m.words[at + FRAME.HEAD] !== page + 1 || index + count < m.words[at + FRAME.INDEX] + PTES_PER_PMD,
    );
  },
);

/** Zeroes a page in place. */
export const clear_highpage = verb('clear_highpage', ['page'], (m, _t, page) => {
  const at = m.layout.frameAt(page);
  m.words.fill(0, at + FRAME.W, at + FRAME.SIZE);
  return DONE;
});

/** Base pages of the page, which is a head or a base page. */
export const hpage_nr_pages = value('hpage_nr_pages', ['page'], (m, _t, page) =>
  m.words[m.layout.frameAt(page) + FRAME.HEAD] === 0 ? 1 : PTES_PER_PMD,
);
