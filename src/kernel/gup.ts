import { FRAME, TABLE, THREAD } from '../machine/layout.js';
import { PTES_PER_PMD } from '../machine/geometry.js';
import { test, verb } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { isBorn } from './access.js';
import { frameOf, isPresent, KIND_TABLE, kindOf, PTE } from './entry.js';
import { PG } from './page.js';
import { ptlOf } from './pgtable.js';
import { baseEntry, frameFor, headOf, isZeroFrame, pmdIndex, pteIndex } from './walk.js';

/** Looking up the page behind an address: mm/gup.c, v4.14. */

/**
 * follow_page with FOLL_GET: the page that `addr` maps now, with a reference; NO when nothing is mapped, or no page
 * with references (the zero page, a DAX pfn). The lookup under the page-table lock is one step.
 */
export const follow_page = test(
  'follow_page',
  ['addr', '>page'],
  (m, _t, addr, out) => {
    const pte = pteIndex(m, addr);
    const place = pte < 0 ? pmdIndex(m, addr) : pte;
    if (place < 0) return NO;
    if (m.words[ptlOf(m, place)] !== 0) return BLOCKED;
    const e = baseEntry(m, addr);
    if (!isPresent(e)) return NO;
    const head = m.layout.frameAt(headOf(m, frameOf(e)));
    if ((m.words[head + FRAME.FLAGS] & PG.RESERVED) !== 0) return NO;
    m.words[head + FRAME.REF]++;
    m.words[out] = frameOf(e);
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_ref', of: 1 } },
);

/** get_user_pages looks at an mm that is there: one that fork is still making has no threads yet. */
export const mmget = verb('mmget', ['addr'], (m, _t, addr) => (isBorn(m, addr) ? BLOCKED : DONE));

/**
 * follow_page_mask with FOLL_GET, FOLL_TOUCH and, with `write`, FOLL_WRITE: as follow_page, for an access that the entry
 * must allow; a page that is going to be written is marked dirty unless entry or page says so. The zero page is a page here.
 */
export const follow_page_mask = test(
  'follow_page_mask',
  ['addr', 'write', '>page'],
  (m, _t, addr, write, out) => {
    const w = m.words;
    const pte = pteIndex(m, addr);
    const place = pte < 0 ? pmdIndex(m, addr) : pte;
    if (place < 0) return NO;
    if (w[ptlOf(m, place)] !== 0) return BLOCKED;
    const e = w[place];
    if (!isPresent(e) || (e & PTE.PROTNONE) !== 0 || (write !== 0 && (e & PTE.WRITE) === 0)) return NO;
    const frame = frameFor(e, addr);
    w[out] = frame;
    if (isZeroFrame(frame)) return DONE;
    const head = m.layout.frameAt(headOf(m, frame));
    w[head + FRAME.REF]++;
    if (write !== 0 && (e & PTE.DIRTY) === 0) w[head + FRAME.FLAGS] |= PG.DIRTY;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_ref', of: 2 } },
);

/** The lockless walk of get_user_pages_fast begins: no IPI reaches this CPU until it is over. */
export const local_irq_disable = verb(
  'local_irq_disable',
  ['addr'],
  (m, t, addr) => {
    if (isBorn(m, addr)) return BLOCKED;
    m.words[m.layout.threadAt(t) + THREAD.IRQS_OFF] = 1;
    return DONE;
  },
  { effect: { does: 'take', resource: 'irqs' } },
);
export const local_irq_enable = verb(
  'local_irq_enable',
  [],
  (m, t) => {
    m.words[m.layout.threadAt(t) + THREAD.IRQS_OFF] = 0;
    m.words[m.layout.threadAt(t) + THREAD.GUP_TABLE] = 0;
    return DONE;
  },
  { effect: { does: 'release', resource: 'irqs' } },
);

/** Reads the PMD entry without a lock; what table it names is where the walk goes on, whatever becomes of the entry. */
export const gup_get_pmd = verb('gup_get_pmd', ['addr', '>pmd', '>entry'], (m, t, addr, out, entry) => {
  const pmd = pmdIndex(m, addr);
  const e = pmd < 0 ? 0 : m.words[pmd];
  m.words[out] = pmd;
  m.words[entry] = e;
  m.words[m.layout.threadAt(t) + THREAD.GUP_TABLE] = kindOf(e) === KIND_TABLE && !isPresent(e) ? e : 0;
  return DONE;
});
/** Reads the PTE in that table without a lock; NO when the PMD named none. */
export const gup_get_pte = test('gup_get_pte', ['addr', '>pte', '>entry'], (m, t, addr, out, entry) => {
  const table = m.words[m.layout.threadAt(t) + THREAD.GUP_TABLE];
  if (table === 0) return NO;
  if ((table & PTE.FREED) !== 0) m.observer.walkedFreed(m, t, addr, false);
  m.words[out] = m.layout.tableAt(frameOf(table)) + TABLE.ENTRY + (addr & (PTES_PER_PMD - 1));
  m.words[entry] = m.words[m.words[out]];
  return DONE;
});

/** The entry maps a page, and allows the access (pte_access_permitted; NUMA hints and the zero page go the slow way). */
export const pte_access_permitted = test(
  'pte_access_permitted',
  ['entry', 'write'],
  (_m, _t, e, write) => {
    if (!isPresent(e) || (e & (PTE.PROTNONE | PTE.SPECIAL)) !== 0) return NO;
    return write !== 0 && (e & PTE.WRITE) === 0 ? NO : DONE;
  },
  { private: true },
);

/**
 * A reference of the page that the entry was seen to name, unless its count is 0: it may be another's page by now. NO too
 * for what the fast walk is not followed in: hugetlb, DAX, the huge zero page.
 */
export const page_cache_get_speculative = test(
  'page_cache_get_speculative',
  ['entry', 'addr', '>page'],
  (m, _t, e, addr, out) => {
    const frame = frameFor(e, addr);
    const head = m.layout.frameAt(headOf(m, frame));
    if (m.words[head + FRAME.REF] <= 0) return NO;
    if ((m.words[head + FRAME.FLAGS] & (PG.RESERVED | PG.HUGETLB)) !== 0) return NO;
    m.words[head + FRAME.REF]++;
    m.words[out] = frame;
    return DONE;
  },
  { effect: { does: 'take', resource: 'page_ref', of: 2 } },
);
