import { FRAME, MM, TABLE, THREAD } from '../machine/layout.js';
import { HUGE_ZERO_FRAME, PMDS_PER_PUD, PTES_PER_PMD, ZERO_FRAME } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { MARK } from '../machine/observer.js';
import { RULE } from './rules.js';
import { frameOf, isHuge, isPresent, KIND_DETACHED, KIND_TABLE, kindOf, PTE } from './entry.js';

/** Hot. Plain functions over the page-table words; the verbs of kernel/pgtable stand on them. */

/** Word index of the PUD entry of `addr`: the number of a table of PMDs + 1. */
export function pudAt(m: Machine, addr: number): number {
  const L = m.layout;
  return L.mmAt(addr >> L.pagesShift) + MM.PUD + ((addr & (L.pages - 1)) >> 3);
}

/** Table of PMDs that maps `addr`, -1 when the PUD entry is none. */
export function pmdTable(m: Machine, addr: number): number {
  return m.words[pudAt(m, addr)] - 1;
}

/** Number of the table whose page holds the entry at `place`. */
export function tableAtPlace(m: Machine, place: number): number {
  return Math.floor((place - m.layout.table) / TABLE.SIZE);
}

/** Word index of the PMD entry of `addr`, -1 when there is no table. */
export function pmdIndex(m: Machine, addr: number): number {
  const table = pmdTable(m, addr);
  if (table < 0) return -1;
  return m.layout.tableAt(table) + TABLE.ENTRY + ((addr >> 2) & (PMDS_PER_PUD - 1));
}

/** Word index of the PTE of `addr`, -1 when the PMD holds no table. */
export function pteIndex(m: Machine, addr: number): number {
  const pmd = pmdIndex(m, addr);
  if (pmd < 0) return -1;
  const e = m.words[pmd];
  if (kindOf(e) !== KIND_TABLE) return -1;
  return m.layout.tableAt(frameOf(e)) + TABLE.ENTRY + (addr & (PTES_PER_PMD - 1));
}

/**
 * The entry that maps the base page `addr` now, as one of base size: a huge one is narrowed to its base page.
 * 0 when nothing does; non-present entries as they are; those of a table that khugepaged holds too.
 */
export function baseEntry(m: Machine, addr: number): number {
  const pmd = pmdIndex(m, addr);
  if (pmd < 0) return 0;
  const e = m.words[pmd];
  if ((kindOf(e) === KIND_TABLE || kindOf(e) === KIND_DETACHED) && !isPresent(e)) {
    return m.words[m.layout.tableAt(frameOf(e)) + TABLE.ENTRY + (addr & (PTES_PER_PMD - 1))];
  }
  return narrow(e, addr);
}

/** The place of `addr` in the table that the PMD entry at `pmd` names, in use or taken out. */
export function tablePlace(m: Machine, pmd: number, addr: number): number {
  return m.layout.tableAt(frameOf(m.words[pmd])) + TABLE.ENTRY + (addr & (PTES_PER_PMD - 1));
}

/** The base-page part at `addr` of a huge entry; other entries unchanged. */
export function narrow(e: number, addr: number): number {
  if (!isHuge(e)) return e;
  if (frameOf(e) === HUGE_ZERO_FRAME) return e & ~PTE.HUGE;
  return (e & ~PTE.HUGE) + ((addr & (PTES_PER_PMD - 1)) << 16);
}

/** Frame that the entry, base or huge, holds for `addr`. */
export function frameFor(e: number, addr: number): number {
  return isHuge(e) && frameOf(e) !== HUGE_ZERO_FRAME ? frameOf(e) + (addr & (PTES_PER_PMD - 1)) : frameOf(e);
}

export function isZeroFrame(frame: number): boolean {
  return frame === ZERO_FRAME || (frame >= HUGE_ZERO_FRAME && frame < HUGE_ZERO_FRAME + PTES_PER_PMD);
}

export function headOf(m: Machine, frame: number): number {
  const head = m.words[m.layout.frameAt(frame) + FRAME.HEAD];
  return head === 0 ? frame : head - 1;
}

/** Tells the observer of every base page whose entry changed; `addr` is aligned for a huge entry. */
export function entryChanged(m: Machine, t: number, addr: number, before: number, after: number): void {
  if (isHuge(before) || isHuge(after)) {
    const first = addr & ~(PTES_PER_PMD - 1);
    for (let i = 0; i < PTES_PER_PMD; i++)
      m.observer.entryChanged(m, t, first + i, narrow(before, first + i), narrow(after, first + i));
  } else m.observer.entryChanged(m, t, addr, before, after);
}

/**
 * The PMD entry at `place` changed: every address that is mapped through its table is told, also those of other mms that
 * share the table. The table that a fault found may be its mm's no longer.
 */
export function sharedEntryChanged(
  m: Machine,
  t: number,
  place: number,
  before: number,
  after: number,
): void {
  const L = m.layout;
  const table = tableAtPlace(m, place);
  const offset = (place - L.tableAt(table) - TABLE.ENTRY) * PTES_PER_PMD;
  for (let mm = 0; mm < L.geometry.mms; mm++)
    for (let pud = 0; pud < L.geometry.puds; pud++)
      if (m.words[L.mmAt(mm) + MM.PUD + pud] === table + 1)
        entryChanged(m, t, mm * L.pages + pud * PMDS_PER_PUD * PTES_PER_PMD + offset, before, after);
}

/** First thread word of `t`, plus a field. */
export function threadWord(m: Machine, t: number, field: number): number {
  return m.layout.threadAt(t) + field;
}

export function sleeps(m: Machine, t: number, what: string, rule: string = RULE.SLEEPS): void {
  const at = m.layout.threadAt(t);
  if (m.words[at + THREAD.SPIN] > 0)
    m.observer.misused(m, t, `${what} may sleep and was called under a spinlock`, rule, MARK.SPINLOCK);
  if (m.words[at + THREAD.NONBLOCK] > 0)
    m.observer.misused(
      m,
      t,
      `${what} may sleep and was called in a start that may not block`,
      RULE.NONBLOCK,
      MARK.START,
    );
}
