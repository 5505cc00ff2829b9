import { PTES_PER_PMD } from '../machine/geometry.js';
import { FILE, FRAME } from '../machine/layout.js';
import { test, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { hugetlbPageBehind } from './hugetlb-migrate.js';
import { PG, putPage } from './page.js';
import { isShmemPage } from './shmem.js';
import { pageBehind } from './vmscan.js';

/** Hardware errors in memory: mm/memory-failure.c, v4.14. */

/**
 * TestSetPageHWPoison and get_hwpoison_page for the page behind `addr`: NO when there is none, when it is poisoned already
 * or is no page of user memory. The flag and the reference are one step: a page that is freed between them is no
 * user's any more. The reference is never dropped: the frame does not go back to the allocator.
 */
export const get_hwpoison_page = test('get_hwpoison_page', ['addr', '>page'], (m, _t, addr, out) => {
  const page = pageBehind(m, addr);
  if (page < 0 || isShmemPage(m, page)) return NO;
  const at = m.layout.frameAt(page);
  if ((m.words[at + FRAME.FLAGS] & (PG.RESERVED | PG.HUGETLB | PG.HWPOISON | PG.DEVICE_PRIVATE)) !== 0)
    return NO;
  m.words[at + FRAME.FLAGS] |= PG.HWPOISON;
  m.words[at + FRAME.REF]++;
  m.words[out] = page;
  return DONE;
});

/**
 * The same for the hugetlb page behind `addr`, mapped or in its file: its head is flagged, here each of its base pages, since an
 * error takes the whole page. `page` is the head.
 */
export const get_hwpoison_huge_page = test('get_hwpoison_page', ['addr', '>page'], (m, _t, addr, out) => {
  const page = hugetlbPageBehind(m, addr);
  if (page < 0) return NO;
  const at = m.layout.frameAt(page);
  if ((m.words[at + FRAME.FLAGS] & PG.HWPOISON) !== 0 || m.words[at + FRAME.REF] === 0) return NO;
  for (let i = 0; i < PTES_PER_PMD; i++) m.words[m.layout.frameAt(page + i) + FRAME.FLAGS] |= PG.HWPOISON;
  m.words[at + FRAME.REF]++;
  m.words[out] = page;
  return DONE;
});

/**
 * A hugetlb page that is free is taken apart: the base page with the error, the one of `addr`, is never used again, the
 * others go back to the allocator. Nobody could get it from the pool meanwhile (dequeue_huge_page_node_exact).
 */
export const dissolve_free_huge_page = verb(
  'dissolve_free_huge_page',
  ['page', 'addr'],
  (m, _t, page, addr) => {
    const { words: w, layout: L } = m;
    if (w[L.frameAt(page) + FRAME.REF] !== 0) return DONE;
    for (let i = 0; i < PTES_PER_PMD; i++) {
      const at = L.frameAt(page + i);
      w.fill(0, at, at + FRAME.SIZE);
      if (i !== (addr & (PTES_PER_PMD - 1))) continue;
      w[at + FRAME.KIND] = 1;
      w[at + FRAME.FLAGS] = PG.HWPOISON;
      w[at + FRAME.REF] = 1;
    }
    return DONE;
  },
);

/** The page leaves the page cache, dirty or not (truncate_inode_page by way of error_remove_page). It is locked. */
export const truncate_inode_page = verb('truncate_inode_page', ['page'], (m, t, page) => {
  const at = m.layout.frameAt(page);
  m.words[m.layout.fileAt(m.words[at + FRAME.INDEX]) + FILE.CACHE] = 0;
  m.words[at + FRAME.FLAGS] &= ~(PG.FILE | PG.DIRTY);
  putPage(m, t, page);
  return DONE;
});
