import { PAGE_WORDS } from '../machine/geometry.js';
import { FRAME, VPAGE } from '../machine/layout.js';
import { constant } from '../program/build.js';
import { test } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { PG } from './page.js';
import { pageMapcount } from './rmap.js';
import { headOf } from './walk.js';

/** Pages that KSM merges: mm/ksm.c, v4.14. The trees are not modelled: the caller says which two pages to look at. */

/** The answer of functions that gave up; nothing is left changed that matters. */
export const EFAULT = constant('EFAULT', 1);

/** memcmp_pages: both hold the same bytes. */
export const pages_identical = test('pages_identical', ['page', 'kpage'], (m, _t, page, kpage) => {
  const a = m.layout.frameAt(page) + FRAME.W;
  const b = m.layout.frameAt(kpage) + FRAME.W;
  for (let i = 0; i < PAGE_WORDS; i++) if (m.words[a + i] !== m.words[b + i]) return NO;
  return DONE;
});

/** page_mapcount + 1 + swapped == page_count: nobody holds the page beside its mappings, the swap cache and KSM. */
export const page_count_explained = test(
  'page_mapcount_plus_1_plus_swapped_is_page_count',
  ['page'],
  (m, _t, page) => {
    const at = m.layout.frameAt(headOf(m, page));
    const expected = pageMapcount(m, page) + 1 + (m.words[at + FRAME.SWAP] !== 0 ? 1 : 0);
    return m.words[at + FRAME.REF] === expected ? DONE : NO;
  },
);

/**
 * A KSM page that has one reference becomes an ordinary anonymous page of `addr` (reuse_ksm_page, v5.2); NO otherwise. The
 * frozen count lets nobody in, so this is one step. The page is locked.
 */
export const reuse_ksm_page = test('reuse_ksm_page', ['page', 'addr'], (m, _t, page, addr) => {
  const at = m.layout.frameAt(page);
  if (m.words[at + FRAME.SWAP] !== 0 || m.words[at + FRAME.REF] !== 1) return NO;
  m.words[at + FRAME.FLAGS] &= ~PG.KSM;
  m.words[at + FRAME.INDEX] = m.words[m.layout.vpage(addr) + VPAGE.PGOFF];
  return DONE;
});
