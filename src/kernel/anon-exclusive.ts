import { PTES_PER_PMD } from '../machine/geometry.js';
import { FRAME, TABLE } from '../machine/layout.js';
import { test, value, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { frameOf, KIND_MIGRATION, kindOf, SWP_EXCLUSIVE } from './entry.js';
import { PG } from './page.js';
import { mapOnce } from './rmap.js';

/**
 * PG_anon_exclusive: one entry alone maps the anonymous page, and nobody else can find it. include/linux/rmap.h,
 * include/linux/page-flags.h and include/linux/swapops.h, v5.19. Of a page that a PMD maps the head has the flag, of one
 * that PTEs map each base page has its own. A new anonymous page has it; older kernels do not look at it. Pins are not
 * modelled, so that sharing a page never fails. Read and changed under the lock of the page's entry.
 */

export const PageAnonExclusive = test('PageAnonExclusive', ['page'], (m, _t, page) =>
  (m.words[m.layout.frameAt(page) + FRAME.FLAGS] & PG.ANON_EXCLUSIVE) !== 0 ? DONE : NO,
);
export const SetPageAnonExclusive = verb('SetPageAnonExclusive', ['page'], (m, _t, page) => {
  m.words[m.layout.frameAt(page) + FRAME.FLAGS] |= PG.ANON_EXCLUSIVE;
  return DONE;
});

/** fork: a second entry is about to map the page, by a PMD if it is `compound`. */
export const page_try_dup_anon_rmap = verb(
  'page_try_dup_anon_rmap',
  ['page', 'compound'],
  (m, _t, page, compound) => {
    m.words[m.layout.frameAt(page) + FRAME.FLAGS] &= ~PG.ANON_EXCLUSIVE;
    mapOnce(m, page, compound !== 0);
    return DONE;
  },
  { effect: { does: 'take', resource: 'rmap', of: 0 } },
);

/** The entry is about to become one that others can share, or find the page by. */
export const page_try_share_anon_rmap = verb('page_try_share_anon_rmap', ['page'], (m, _t, page) => {
  m.words[m.layout.frameAt(page) + FRAME.FLAGS] &= ~PG.ANON_EXCLUSIVE;
  return DONE;
});

/**
 * The mark of a swap entry whose page was mapped exclusively; here also of a migration entry, in place of
 * SWP_MIGRATION_READ_EXCLUSIVE, and of a writable one.
 */
export const pte_swp_mkexclusive = value('pte_swp_mkexclusive', ['entry'], (_m, _t, e) => e | SWP_EXCLUSIVE);
export const pte_swp_clear_exclusive = value(
  'pte_swp_clear_exclusive',
  ['entry'],
  (_m, _t, e) => e & ~SWP_EXCLUSIVE,
);
export const pte_swp_exclusive = test(
  'pte_swp_exclusive',
  ['entry'],
  (_m, _t, e) => ((e & SWP_EXCLUSIVE) !== 0 ? DONE : NO),
  { private: true },
);

/**
 * __split_huge_pmd_locked: what the head had, each base page has; where the PTEs are migration entries, these have the
 * mark. Nothing reaches the table yet.
 */
export const split_anon_exclusive = verb(
  'SetPageAnonExclusive_of_split',
  ['page', 'pgtable'],
  (m, _t, page, table) => {
    const head = m.layout.frameAt(page) + FRAME.FLAGS;
    if ((m.words[head] & PG.ANON_EXCLUSIVE) === 0) return DONE;
    m.words[head] &= ~PG.ANON_EXCLUSIVE;
    const at = m.layout.tableAt(table) + TABLE.ENTRY;
    for (let i = 0; i < PTES_PER_PMD; i++) {
      if (kindOf(m.words[at + i]) === KIND_MIGRATION) m.words[at + i] |= SWP_EXCLUSIVE;
      else m.words[m.layout.frameAt(frameOf(m.words[at + i])) + FRAME.FLAGS] |= PG.ANON_EXCLUSIVE;
    }
    return DONE;
  },
);
