import { PAGE_WORDS, PTES_PER_PMD } from '../machine/geometry.js';
import { FRAME, TABLE, THREAD } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { expand, mutedSlot } from '../program/build.js';
import { DONE, NO } from '../program/primitive.js';
import type { Arg, Expand } from '../program/step.js';
import { FRAME_SHIFT, frameOf, isPresent, KIND_DETACHED, PTE } from './entry.js';
import { freeTable } from './gather.js';
import { HPAGE_PMD_NR } from './huge.js';
import { spinLock, spinUnlock } from './locks.js';
import { mmu_notifier_invalidate_range } from './notifier.js';
import { PG, putPage } from './page.js';
import { hasPteTable } from './pgtable.js';
import { flushParts } from './tlb.js';
import { isZeroFrame, pteIndex } from './walk.js';

/** Collapsing base pages into a huge page: mm/khugepaged.c and mm/pgtable-generic.c, v4.14. */

const yes = (holds: boolean): number => (holds ? DONE : NO);

/** An entry that needs no page: none, or the zero page. */
const isEmpty = (e: number): boolean => e === 0 || (isPresent(e) && isZeroFrame(frameOf(e)));

/**
 * khugepaged_scan_pmd's look at the PTEs of a PMD: none of them is swapped, under migration or, from v5.7, write-protected
 * for userfaultfd, and one is writable. What
 * it asks of the pages is asked again when they are isolated.
 */
export const khugepaged_scan_ptes = test('khugepaged_scan_ptes', ['addr'], (m, _t, addr) => {
  if (!hasPteTable(m, addr)) return NO;
  const first = pteIndex(m, addr & ~(PTES_PER_PMD - 1));
  let writable = false;
  for (let i = 0; i < PTES_PER_PMD; i++) {
    const e = m.words[first + i];
    if ((e !== 0 && !isPresent(e)) || (e & PTE.UFFD_WP) !== 0) return NO;
    writable ||= (e & PTE.WRITE) !== 0;
  }
  return yes(writable);
});

/** The PMD still holds a table of PTEs (mm_find_pmd). */
export const mm_find_pmd = test('mm_find_pmd', ['addr'], (m, _t, addr) => yes(hasPteTable(m, addr)));

const pmd_clear = verb('pmdp_collapse_clear', ['addr', 'pmd', '>pgtable'], (m, t, addr, pmd, out) => {
  const table = frameOf(m.words[pmd]);
  const first = m.layout.tableAt(table) + TABLE.ENTRY;
  let holds = 0;
  for (let i = 0; i < PTES_PER_PMD; i++) holds |= m.words[first + i];
  m.words[out] = table;
  // the word keeps the number of a table that holds something, so that the logical memory finds it
  m.words[pmd] = holds === 0 ? 0 : (table << FRAME_SHIFT) | KIND_DETACHED;
  for (let i = 0; i < PTES_PER_PMD; i++) m.observer.entryChanged(m, t, addr + i, m.words[first + i], 0);
  return DONE;
});

/** Takes the table of PTEs out of the PMD and flushes the CPUs. `pgtable` is the table, which nothing reaches now. */
export const pmdp_collapse_flush = (addr: Arg, pmd: Arg, pgtable: Arg): Expand =>
  expand('pmdp_collapse_flush', [addr, pmd, pgtable], {
    clear: pmd_clear(addr, pmd, pgtable),
    ...flushParts(addr, HPAGE_PMD_NR),
    notify: mutedSlot('after-clear', mmu_notifier_invalidate_range(addr, HPAGE_PMD_NR)),
  });

/** The page-table lock of a table that is out of the page table. */
export const pgtable_lock = verb(
  'spin_lock_of_pgtable',
  ['pgtable'],
  (m, t, table) => spinLock(m, t, m.layout.tableAt(table) + TABLE.LOCK),
  { lock: 'take', effect: { does: 'take', resource: 'ptl', of: 0 } },
);
export const pgtable_unlock = verb(
  'spin_unlock_of_pgtable',
  ['pgtable'],
  (m, t, table) => spinUnlock(m, t, m.layout.tableAt(table) + TABLE.LOCK),
  { lock: 'release', effect: { does: 'release', resource: 'ptl', of: 0 } },
);
/** Entry of `addr` in a table that nothing reaches. */
export const unreached_pte = value(
  'pte_of_pgtable',
  ['pgtable', 'addr'],
  (m, _t, table, addr) => m.words[m.layout.tableAt(table) + TABLE.ENTRY + (addr & (PTES_PER_PMD - 1))],
);
export const pte_clear = verb('pte_clear', ['pgtable', 'addr'], (m, _t, table, addr) => {
  m.words[m.layout.tableAt(table) + TABLE.ENTRY + (addr & (PTES_PER_PMD - 1))] = 0;
  return DONE;
});
export const pte_none_or_zero = test('pte_none_or_zero', ['entry'], (_m, _t, e) => yes(isEmpty(e)), {
  private: true,
});

/** Nobody refers to the page but its one mapping and the swap cache. */
export const page_count_is_plain = test('page_count_is_1_plus_swapcache', ['page'], (m, _t, page) => {
  const at = m.layout.frameAt(page);
  return yes(m.words[at + FRAME.REF] === 1 + (m.words[at + FRAME.SWAP] !== 0 ? 1 : 0));
});

/** Tries the lock of a source page. Several are held at once, so each is given up by release_pte_page or here. */
export const trylock_source_page = test('trylock_page_of_collapse', ['page'], (m, t, page) => {
  const at = m.layout.frameAt(page) + FRAME.LOCK;
  if (m.words[at] !== 0) return NO;
  m.words[at] = t + 1;
  m.words[m.layout.threadAt(t) + THREAD.HELD]++;
  return DONE;
});

function unlock(m: Machine, t: number, page: number): void {
  const at = m.layout.frameAt(page) + FRAME.LOCK;
  if (m.words[at] !== t + 1)
    m.observer.misused(m, t, 'a page is unlocked by a thread that does not hold its lock');
  m.words[at] = 0;
  m.words[m.layout.threadAt(t) + THREAD.HELD]--;
}

export const unlock_source_page = verb('unlock_page_of_collapse', ['page'], (m, t, page) => {
  unlock(m, t, page);
  return DONE;
});

/** Takes the locked source page off its LRU list, with a reference; NO when somebody else has. */
export const isolate_source_page = test('isolate_lru_page_of_collapse', ['page'], (m, _t, page) => {
  const at = m.layout.frameAt(page);
  if ((m.words[at + FRAME.FLAGS] & PG.ISOLATED) !== 0) return NO;
  m.words[at + FRAME.FLAGS] |= PG.ISOLATED;
  m.words[at + FRAME.REF]++;
  return DONE;
});

/** Unlocks an isolated page and puts it back on its list. */
export const release_pte_page = verb('release_pte_page', ['page'], (m, t, page) => {
  unlock(m, t, page);
  m.words[m.layout.frameAt(page) + FRAME.FLAGS] &= ~PG.ISOLATED;
  putPage(m, t, page);
  return DONE;
});

/** Copies a base page into its place in the huge page `to` (__collapse_huge_page_copy). The copy is one step. */
export const copy_to_subpage = verb('copy_user_highpage_of_collapse', ['to', 'from'], (m, t, to, from) => {
  const a = m.layout.frameAt(to) + FRAME.W;
  const b = m.layout.frameAt(from) + FRAME.W;
  for (let i = 0; i < PAGE_WORDS; i++) m.words[a + i] = m.words[b + i]!;
  m.observer.migrated(m, t, from, to);
  return DONE;
});

/** Deposits the emptied table with the huge entry: here it goes back (docs/fidelity.md). */
export const pgtable_trans_huge_deposit = verb('pgtable_trans_huge_deposit', ['pgtable'], (m, _t, table) => {
  freeTable(m, table);
  return DONE;
});
