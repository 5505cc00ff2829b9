import { TABLE } from '../machine/layout.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { expand, mutedSlot, slot } from '../program/build.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import type { Arg, Expand } from '../program/step.js';
import { KIND_TABLE, kindOf, PTE, tableEntry, frameOf, isPresent } from './entry.js';
import { number } from '../program/build.js';
import { spinLock, spinUnlock } from './locks.js';
import { mmu_notifier_invalidate_range } from './notifier.js';
import { flushParts } from './tlb.js';
import { entryChanged, pmdIndex, pmdTable, pteIndex, sharedEntryChanged } from './walk.js';

/**
 * Page-table entries and their locks. `pte` is the entry's place (what the C calls `pte_t *`): the word's index.
 * After include/asm-generic/pgtable.h, mm/pgtable-generic.c and arch/x86/include/asm/pgtable.h, v4.14.
 */

/** Index of the table whose page holds the entry at `place`. */
const tableOf = (m: Machine, place: number): number => Math.floor((place - m.layout.table) / TABLE.SIZE);
/** The lock word of the page-table page that holds the entry at `place`. */
export const ptlOf = (m: Machine, place: number): number => m.layout.tableAt(tableOf(m, place)) + TABLE.LOCK;
const yes = (holds: boolean): number => (holds ? DONE : NO);

/** Takes the lock of the table that maps `addr` by PTEs. The caller knows that there is one (it looked at the PMD). */
export const pte_offset_map_lock = verb(
  'pte_offset_map_lock',
  ['addr', '>pte'],
  (m, t, addr, out) => {
    const pte = pteIndex(m, addr);
    if (pte < 0) {
      m.observer.misused(m, t, 'pte_offset_map_lock on a PMD that holds no table');
      return BLOCKED;
    }
    if (spinLock(m, t, ptlOf(m, pte)) === BLOCKED) return BLOCKED;
    m.words[out] = pte;
    m.observer.entryLooked(m, t, addr);
    return DONE;
  },
  { lock: 'take', effect: { does: 'take', resource: 'ptl', of: 1 } },
);

/**
 * The same where the table may have gone since the caller looked: from v6.5 pte_offset_map_lock then returns NULL, and nothing is
 * locked. The look at the PMD, the lock and the second look are one step: the C begins again when they differ.
 */
export const pte_offset_map_lock_or_null = test(
  'pte_offset_map_lock',
  ['addr', '>pte'],
  (m, t, addr, out) => {
    const pte = pteIndex(m, addr);
    if (pte < 0) return NO;
    if (spinLock(m, t, ptlOf(m, pte)) === BLOCKED) return BLOCKED;
    m.words[out] = pte;
    m.observer.entryLooked(m, t, addr);
    return DONE;
  },
  { effect: { does: 'take', resource: 'ptl', of: 1 } },
);

/** The PMD holds no table of PTEs: it is none, or maps a huge page (pmd_none_or_trans_huge_or_clear_bad). */
export const pmd_none_or_trans_huge = test('pmd_none_or_trans_huge_or_clear_bad', ['addr'], (m, _t, addr) =>
  yes(!hasPteTable(m, addr)),
);

/** There is a PMD entry for the address, and it is none; one look without a lock. */
export const pmd_none = test('pmd_none', ['addr'], (m, _t, addr) => {
  const pmd = pmdIndex(m, addr);
  return yes(pmd >= 0 && m.words[pmd] === 0);
});

/** `pte` of the next page in the same table: the lock taken for the first one covers it. */
export const pte_of = verb(
  'pte_index',
  ['addr', '>pte'],
  (m, t, addr, out) => {
    m.words[out] = pteIndex(m, addr);
    m.observer.entryLooked(m, t, addr);
    return DONE;
  },
  { private: true },
);

export const pte_unmap_unlock = verb(
  'pte_unmap_unlock',
  ['pte'],
  (m, t, pte) => spinUnlock(m, t, ptlOf(m, pte)),
  {
    lock: 'release',
    effect: { does: 'release', resource: 'ptl', of: 0 },
  },
);

/** Takes the lock over the PMD entry of `addr` (the page of PMDs). */
export const pmd_lock = verb(
  'pmd_lock',
  ['addr', '>pmd'],
  (m, t, addr, out) => {
    const table = pmdTable(m, addr);
    if (table < 0) {
      m.observer.misused(m, t, 'pmd_lock on a PUD that holds no table');
      return BLOCKED;
    }
    if (spinLock(m, t, m.layout.tableAt(table) + TABLE.LOCK) === BLOCKED) return BLOCKED;
    m.words[out] = pmdIndex(m, addr);
    const first = addr & ~(PTES_PER_PMD - 1);
    for (let i = 0; i < PTES_PER_PMD; i++) m.observer.entryLooked(m, t, first + i);
    return DONE;
  },
  { lock: 'take', effect: { does: 'take', resource: 'pmd_lock', of: 1 } },
);

export const pmd_unlock = verb('spin_unlock', ['pmd'], (m, t, pmd) => spinUnlock(m, t, ptlOf(m, pmd)), {
  lock: 'release',
  effect: { does: 'release', resource: 'pmd_lock', of: 0 },
});

/** Drops the lock of a table of PTEs whose mapping is kept: `spin_unlock(ptl)` where pte_unmap comes by itself. */
export const ptl_unlock = verb('spin_unlock', ['pte'], (m, t, pte) => spinUnlock(m, t, ptlOf(m, pte)), {
  lock: 'release',
  effect: { does: 'release', resource: 'ptl', of: 0 },
});

/** Reads the entry at a place that this thread holds the lock of. */
export const pte_get = verb('ptep_get', ['pte', '>entry'], (m, _t, pte, out) => {
  m.words[out] = m.words[pte]!;
  return DONE;
});

/** Reads the PTE of `addr` without a lock, as handle_pte_fault does; 0 when there is no table. */
export const pte_peek = verb('pte_offset_map', ['addr', '>entry'], (m, _t, addr, out) => {
  const pte = pteIndex(m, addr);
  m.words[out] = pte < 0 ? 0 : m.words[pte];
  return DONE;
});

/** Reads the PMD entry of `addr` without a lock; 0 when there is no table of PMDs. */
export const pmd_peek = verb('pmd_offset', ['addr', '>entry'], (m, _t, addr, out) => {
  const pmd = pmdIndex(m, addr);
  m.words[out] = pmd < 0 ? 0 : m.words[pmd];
  return DONE;
});

/** The entry at the place still is `entry`. */
export const pte_same = test('pte_same', ['pte', 'entry'], (m, _t, pte, entry) =>
  yes(m.words[pte] === entry),
);
export const pmd_same = test('pmd_same', ['pmd', 'entry'], (m, _t, pmd, entry) =>
  yes(m.words[pmd] === entry),
);

function change(m: Machine, t: number, addr: number, place: number, entry: number): void {
  const before = m.words[place];
  m.words[place] = entry;
  if (((before | entry) & PTE.HUGE) !== 0) sharedEntryChanged(m, t, place, before, entry);
  else entryChanged(m, t, addr, before, entry);
}

export const set_pte_at = verb('set_pte_at', ['addr', 'pte', 'entry'], (m, t, addr, pte, entry) => {
  change(m, t, addr, pte, entry);
  return DONE;
});
export const set_pmd_at = verb('set_pmd_at', ['addr', 'pmd', 'entry'], (m, t, addr, pmd, entry) => {
  change(m, t, addr, pmd, entry);
  return DONE;
});

/** Clears the entry; the old one, with the bits that hardware set meanwhile, goes to `entry`. No flush. */
export const ptep_get_and_clear = verb(
  'ptep_get_and_clear',
  ['addr', 'pte', '>entry'],
  (m, t, addr, pte, out) => {
    m.words[out] = m.words[pte]!;
    change(m, t, addr, pte, 0);
    return DONE;
  },
);
export const pmdp_huge_get_and_clear = verb(
  'pmdp_huge_get_and_clear',
  ['addr', 'pmd', '>entry'],
  (m, t, addr, pmd, out) => {
    m.words[out] = m.words[pmd]!;
    change(m, t, addr, pmd, 0);
    return DONE;
  },
);

/** Takes the write permission away in place, atomically; no flush. */
export const ptep_set_wrprotect = verb('ptep_set_wrprotect', ['addr', 'pte'], (m, t, addr, pte) => {
  change(m, t, addr, pte, m.words[pte] & ~PTE.WRITE);
  return DONE;
});

/** More rights for the entry as it stands now: `flags` are added. The caller's CPU flushes its own TLB entry. */
export const ptep_set_access_flags = verb(
  'ptep_set_access_flags',
  ['addr', 'pte', 'flags'],
  (m, t, addr, pte, flags) => {
    const dirty = (flags & PTE.DIRTY) !== 0 ? PTE.SOFT_DIRTY : 0;
    change(m, t, addr, pte, m.words[pte] | flags | dirty);
    return DONE;
  },
);

const one = number(1);
const huge = number(PTES_PER_PMD);

function clearFlush(name: string, addr: Arg, pte: Arg, entry: Arg, notifies: boolean): Expand {
  const notify = mmu_notifier_invalidate_range(addr, one);
  return expand(name, [addr, pte, entry], {
    clear: ptep_get_and_clear(addr, pte, entry),
    ...flushParts(addr, one),
    notify: notifies ? slot('after-clear', notify) : mutedSlot('after-clear', notify),
  });
}

/** Clears the entry, then flushes it from the CPUs of the mm. A slot that does not notify stands after it. */
export const ptep_clear_flush = (addr: Arg, pte: Arg, entry: Arg): Expand =>
  clearFlush('ptep_clear_flush', addr, pte, entry, false);
/** The same, and notifies (include/linux/mmu_notifier.h, v4.14). */
export const ptep_clear_flush_notify = (addr: Arg, pte: Arg, entry: Arg): Expand =>
  clearFlush('ptep_clear_flush_notify', addr, pte, entry, true);

function hugeClearFlush(name: string, addr: Arg, pmd: Arg, entry: Arg, notifies: boolean): Expand {
  const notify = mmu_notifier_invalidate_range(addr, huge);
  return expand(name, [addr, pmd, entry], {
    clear: pmdp_huge_get_and_clear(addr, pmd, entry),
    ...flushParts(addr, huge),
    notify: notifies ? slot('after-clear', notify) : mutedSlot('after-clear', notify),
  });
}

/** `addr` is the first page of the huge page. */
export const pmdp_huge_clear_flush = (addr: Arg, pmd: Arg, entry: Arg): Expand =>
  hugeClearFlush('pmdp_huge_clear_flush', addr, pmd, entry, false);
export const pmdp_huge_clear_flush_notify = (addr: Arg, pmd: Arg, entry: Arg): Expand =>
  hugeClearFlush('pmdp_huge_clear_flush_notify', addr, pmd, entry, true);

/**
 * A page-table page of PTEs for `addr`, if the PMD is none: pte_alloc, which takes the PMD lock for it, and
 * pmd_trans_unstable. NO when the PMD maps a huge page.
 */
export const pte_alloc = test('pte_alloc', ['addr'], (m, _t, addr) => {
  const pmd = pmdIndex(m, addr);
  if (pmd < 0) return NO;
  const e = m.words[pmd];
  if (e !== 0) return yes(hasPteTable(m, addr));
  if (m.words[ptlOf(m, pmd)] !== 0) return BLOCKED;
  const table = allocTable(m);
  if (table < 0) return NO;
  m.words[pmd] = tableEntry(table);
  return DONE;
});

/** An unused page-table page, taken; -1 when none is left. */
export function allocTable(m: Machine): number {
  for (let i = 0; i < m.layout.tablesCount; i++) {
    const at = m.layout.tableAt(i);
    if (m.words[at + TABLE.KIND] === 0) {
      m.words[at + TABLE.KIND] = 1;
      m.words[at + TABLE.COUNT] = 1;
      return i;
    }
  }
  return -1;
}

/** True when the PMD entry of the address holds a table of PTEs. */
export function hasPteTable(m: Machine, addr: number): boolean {
  const pmd = pmdIndex(m, addr);
  if (pmd < 0) return false;
  const e = m.words[pmd];
  return !isPresent(e) && kindOf(e) === KIND_TABLE && frameOf(e) >= 0;
}
