import { FILE, FRAME } from '../machine/layout.js';
import { test, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
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

/** The page leaves the page cache, dirty or not (truncate_inode_page by way of error_remove_page). It is locked. */
export const truncate_inode_page = verb('truncate_inode_page', ['page'], (m, t, page) => {
  const at = m.layout.frameAt(page);
  m.words[m.layout.fileAt(m.words[at + FRAME.INDEX]) + FILE.CACHE] = 0;
  m.words[at + FRAME.FLAGS] &= ~(PG.FILE | PG.DIRTY);
  putPage(m, t, page);
  return DONE;
});
