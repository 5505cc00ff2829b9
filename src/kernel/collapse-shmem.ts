import { PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME, MM, TABLE, THREAD, VPAGE } from '../machine/layout.js';
import type { Machine } from '../machine/machine.js';
import { test, value, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { frameOf, isPresent, KIND_TABLE, kindOf } from './entry.js';
import { freeTable } from './gather.js';
import { spinLock } from './locks.js';
import { PG, putPage } from './page.js';
import { coversPmd } from './shmem.js';
import { EXITING, VM, VMA_SHMEM, vmaKind } from './vma.js';
import { headOf } from './walk.js';

/**
 * Collapsing pages of a file into a huge page: collapse_shmem and retract_page_tables of mm/khugepaged.c, v4.14. What the C does
 * under tree_lock is one step. The list of old pages is one number, 8 bits a page.
 */

const P = { private: true } as const;
const yes = (holds: boolean): number => (holds ? DONE : NO);
const cacheAt = (m: Machine, index: number): number => m.layout.fileAt(index) + FILE.CACHE;
const LIST_BITS = 8;
const entryOf = (list: number, i: number): number => (list >>> (LIST_BITS * i)) & 255;

/** khugepaged_scan_shmem: some page is there, none is part of a huge page, off its list, or in use by others than mappings. */
export const khugepaged_scan_slots = test('khugepaged_scan_slots', ['index'], (m, _t, index) => {
  let present = 0;
  for (let i = 0; i < PTES_PER_PMD; i++) {
    const page = m.words[cacheAt(m, index + i)] - 1;
    if (page < 0) continue;
    present++;
    const at = m.layout.frameAt(page);
    if (m.words[at + FRAME.HEAD] !== 0 || (m.words[at + FRAME.FLAGS] & PG.ISOLATED) !== 0) return NO;
    if (m.words[at + FRAME.REF] !== 1 + m.words[at + FRAME.MAP]) return NO;
  }
  return yes(present > 0);
});

/** The new page, which nobody knows yet, is of the file from `index` on, and has no contents. */
export const init_new_file_page = verb(
  'new_page_mapping',
  ['page', 'index'],
  (m, _t, page, index) => {
    for (let i = 0; i < PTES_PER_PMD; i++) {
      m.words[m.layout.frameAt(page + i) + FRAME.FLAGS] = PG.FILE | PG.NOT_UPTODATE;
      m.words[m.layout.frameAt(page + i) + FRAME.INDEX] = index + i;
    }
    return DONE;
  },
  P,
);

/** The extent has been truncated or hole-punched, and holds no page. */
export const extent_is_empty = test('radix_tree_for_each_slot_none', ['index'], (m, _t, index) => {
  for (let i = 0; i < PTES_PER_PMD; i++) if (m.words[cacheAt(m, index + i)] !== 0) return NO;
  return DONE;
});

/**
 * Under tree_lock: a hole takes the page of `new_page` (`page` is 0); a page that is there is locked, with a reference. NO when
 * its lock is held.
 */
export const collapse_slot = test(
  'radix_tree_deref_slot_trylock_page',
  ['at', 'new_page', '>page'],
  (m, t, index, fresh, out) => {
    const cached = m.words[cacheAt(m, index)];
    m.words[out] = 0;
    if (cached === 0) {
      m.words[cacheAt(m, index)] = fresh + (index & (PTES_PER_PMD - 1)) + 1;
      return DONE;
    }
    const head = m.layout.frameAt(headOf(m, cached - 1));
    if (m.words[head + FRAME.LOCK] !== 0) return NO;
    m.words[head + FRAME.LOCK] = t + 1;
    m.words[head + FRAME.REF]++;
    m.words[m.layout.threadAt(t) + THREAD.HELD]++;
    m.words[out] = cached - 1;
    return DONE;
  },
);

/** Unlocks a page that {@link collapse_slot} locked, and drops its reference. */
export const unlock_put_slot = verb('unlock_page_put_page_of_slot', ['page'], (m, t, page) => {
  m.words[m.layout.frameAt(headOf(m, page)) + FRAME.LOCK] = 0;
  m.words[m.layout.threadAt(t) + THREAD.HELD]--;
  putPage(m, t, page);
  return DONE;
});

/**
 * Under tree_lock: freezes the count of the isolated page, puts the page of `new_page` in its place and adds it to the list;
 * NO when somebody else has a reference.
 */
export const page_ref_freeze_replace = test(
  'page_ref_freeze_3',
  ['page', 'at', 'new_page', '>list'],
  (m, _t, page, index, fresh, list) => {
    const ref = m.layout.frameAt(page) + FRAME.REF;
    if (m.words[ref] !== 3) return NO;
    const i = index & (PTES_PER_PMD - 1);
    m.words[ref] = 0;
    m.words[list] |= page << (LIST_BITS * i);
    m.words[cacheAt(m, index)] = fresh + i + 1;
    return DONE;
  },
);

/** The old page of the place, 0 where a hole was. */
export const listed_page = value('list_entry', ['list', 'at'], (_m, _t, list, index) =>
  entryOf(list, index & (PTES_PER_PMD - 1)),
);

/** The old page, which is in the file no more, is unfrozen with the one reference of the caller, unlocked and freed. */
export const page_ref_unfreeze_free = verb('page_ref_unfreeze_1', ['page'], (m, t, page) => {
  const at = m.layout.frameAt(page);
  m.words[at + FRAME.FLAGS] &= ~(PG.FILE | PG.DIRTY | PG.ISOLATED);
  m.words[at + FRAME.REF] = 1;
  m.words[at + FRAME.LOCK] = 0;
  m.words[m.layout.threadAt(t) + THREAD.HELD]--;
  putPage(m, t, page);
  return DONE;
});

/** Under tree_lock: what stood in the place before the collapse stands there again, unfrozen; a page is still locked and isolated. */
export const radix_tree_rollback = verb(
  'radix_tree_rollback',
  ['at', 'new_page', 'list'],
  (m, _t, index, fresh, list) => {
    const i = index & (PTES_PER_PMD - 1);
    if (m.words[cacheAt(m, index)] !== fresh + i + 1) return DONE; // the collapse did not get so far
    const old = entryOf(list, i);
    m.words[cacheAt(m, index)] = old === 0 ? 0 : old + 1;
    if (old !== 0) m.words[m.layout.frameAt(old) + FRAME.REF] = 2;
    return DONE;
  },
);

/** The huge page is of no file any more. */
export const clear_new_page_mapping = verb('new_page_mapping_none', ['page'], (m, _t, page) => {
  for (let i = 0; i < PTES_PER_PMD; i++) m.words[m.layout.frameAt(page + i) + FRAME.FLAGS] &= ~PG.FILE;
  return DONE;
});

/** First page of the next PMD, of any mm, that one mapping of the file maps from `index` on; i_mmap_rwsem is held. */
export const next_retractable_pmd = test(
  'vma_interval_tree_foreach',
  ['index', '>cursor', '>addr'],
  (m, _t, index, cursor, out) => {
    const total = m.layout.geometry.mms * m.layout.pages;
    for (let addr = m.words[cursor]; addr < total; addr += PTES_PER_PMD) {
      const at = m.layout.vpage(addr);
      const vma = m.words[at + VPAGE.VMA];
      if (vmaKind(vma) !== VMA_SHMEM || (vma & VM.LINKED) === 0) continue;
      if (m.words[at + VPAGE.PGOFF] !== index || !coversPmd(m, addr)) continue;
      m.words[out] = addr;
      m.words[cursor] = addr + PTES_PER_PMD;
      return DONE;
    }
    m.words[cursor] = 0;
    return NO;
  },
  P,
);

/** Nobody uses the mm any more: exit_mmap waits for mmap_sem, and then takes it down. */
export const khugepaged_test_exit = test('khugepaged_test_exit', ['addr'], (m, _t, addr) =>
  yes(m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.EXIT] >= EXITING),
);

/** The table that was taken out of the PMD goes back at once. */
export const pte_free = verb('pte_free', ['pgtable'], (m, _t, table) => {
  freeTable(m, table);
  return DONE;
});
/**
 * The same after a grace period (v6.6), for those who read the table under rcu_read_lock. Here each of them is one step, so that
 * nobody is left to wait for; hardware never was waited for.
 */
export const pte_free_defer = verb('pte_free_defer', ['pgtable'], (m, _t, table) => {
  freeTable(m, table);
  return DONE;
});

/**
 * Under the PMD lock: takes the lock of the table of PTEs that the PMD holds (pte_lockptr; ptl nests in pml). v6.6 does not look
 * whether it still holds one.
 */
export const pte_lockptr_lock = verb(
  'spin_lock_nested',
  ['pmd', '>ptl'],
  (m, t, pmd, out) => {
    const e = m.words[pmd];
    if (isPresent(e) || kindOf(e) !== KIND_TABLE) {
      m.observer.misused(m, t, 'pte_lockptr of a PMD that holds no table');
      return BLOCKED;
    }
    if (spinLock(m, t, m.layout.tableAt(frameOf(e)) + TABLE.LOCK) === BLOCKED) return BLOCKED;
    m.words[out] = frameOf(e);
    return DONE;
  },
  { lock: 'take', effect: { does: 'take', resource: 'ptl', of: 1 } },
);
