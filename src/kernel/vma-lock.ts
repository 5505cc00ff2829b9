import { MM, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { RULE } from './rules.js';
import { EXITING, VM } from './vma.js';
import { sleeps } from './walk.js';

/**
 * Locks of single vmas: include/linux/mm.h and mm/memory.c, v6.6. A vma is a run of equal words, so that what is locked is
 * kept beside it: a reader names one page of it (THREAD.VMA_LOCK), a writer marks its pages (MM.VMA_LOCKED, which stands for
 * vm_lock_seq == mm_lock_seq). A writer holds mmap_lock for writing, and all its marks go when it lets go of that.
 */

/** The reader's page; up to 16 pages an mm, a bit each. */
const pageBit = (m: Machine, addr: number): number => 1 << (addr & (m.layout.pages - 1));

/** Pages beside each other that one vma covers. */
function sameVma(m: Machine, addr: number, next: number): boolean {
  const w = m.words;
  const at = m.layout.vpage(addr);
  const to = m.layout.vpage(next);
  return (
    w[at + VPAGE.VMA] !== 0 &&
    w[at + VPAGE.VMA] === w[to + VPAGE.VMA] &&
    w[at + VPAGE.PGOFF] + 1 === w[to + VPAGE.PGOFF]
  );
}

/**
 * Finds the vma of the address and takes its lock for reading, without mmap_lock; NO when there is none, or it is locked for
 * writing. The lookup, the trylock and the second look are one step. Left out: a vma without an anon_vma.
 */
export const lock_vma_under_rcu = test(
  'lock_vma_under_rcu',
  ['addr', '>vma'],
  (m, t, addr, out) => {
    const { words: w, layout: L } = m;
    const mm = L.mmAt(addr >> L.pagesShift);
    const vma = w[L.vpage(addr) + VPAGE.VMA];
    w[out] = 0;
    if (vma === 0 || (vma & VM.DETACHED) !== 0 || w[mm + MM.EXIT] >= EXITING) return NO;
    if (w[mm + MM.BORN] !== 0) return NO; // fork is making the mm: nobody runs it yet, and mmap_lock holds who asked early
    if ((w[mm + MM.VMA_LOCKED] & pageBit(m, addr)) !== 0) return NO;
    w[out] = vma;
    w[L.threadAt(t) + THREAD.VMA_LOCK] = addr + 1;
    w[L.threadAt(t) + THREAD.HELD]++;
    return DONE;
  },
  { effect: { does: 'take', resource: 'vma_lock', of: 0 } },
);

/** Lets go of the vma that {@link lock_vma_under_rcu} found. */
export const vma_end_read = verb(
  'vma_end_read',
  ['addr'],
  (m, t, addr) => {
    const at = m.layout.threadAt(t);
    if (m.words[at + THREAD.VMA_LOCK] !== addr + 1) {
      m.observer.misused(m, t, "a vma's lock is released by a thread that does not hold it", RULE.LOCKS);
      return DONE;
    }
    m.words[at + THREAD.VMA_LOCK] = 0;
    m.words[at + THREAD.HELD]--;
    return DONE;
  },
  { effect: { does: 'release', resource: 'vma_lock', of: 0 } },
);

/** FAULT_FLAG_VMA_LOCK: this thread's fault holds the lock of a vma, and not mmap_lock. */
export const fault_under_vma_lock = test(
  'FAULT_FLAG_VMA_LOCK',
  [],
  (m, t) => (m.words[m.layout.threadAt(t) + THREAD.VMA_LOCK] !== 0 ? DONE : NO),
  { private: true },
);

/** Locks every vma of the range for writing, each as a whole: waits for the faults in them. mmap_lock is held for writing. */
export const vma_start_write = verb(
  'vma_start_write',
  ['start', 'count'],
  (m, t, start, count) => {
    const { words: w, layout: L } = m;
    const mm = L.mmAt(start >> L.pagesShift);
    const first = start & ~(L.pages - 1);
    const past = first + L.pages;
    let from = start;
    while (from > first && sameVma(m, from - 1, from)) from--;
    let to = start + count;
    while (to < past && sameVma(m, to - 1, to)) to++;
    for (let u = 0; u < L.geometry.cpus; u++) {
      const read = w[L.threadAt(u) + THREAD.VMA_LOCK] - 1;
      if (read >= from && read < to) return BLOCKED;
    }
    sleeps(m, t, 'vma_start_write');
    if (w[mm + MM.MMAP] !== -(t + 1))
      m.observer.misused(m, t, 'a vma is locked for writing without mmap_lock for writing', RULE.LOCKS);
    for (let addr = from; addr < to; addr++) w[mm + MM.VMA_LOCKED] |= pageBit(m, addr);
    return DONE;
  },
  { sleeps: true },
);
