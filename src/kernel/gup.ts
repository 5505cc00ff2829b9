import { FRAME } from '../machine/layout.js';
import { test } from '../machine/verb.js';
import { BLOCKED, DONE, NO } from '../program/primitive.js';
import { frameOf, isPresent } from './entry.js';
import { PG } from './page.js';
import { ptlOf } from './pgtable.js';
import { baseEntry, headOf, pmdIndex, pteIndex } from './walk.js';

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
