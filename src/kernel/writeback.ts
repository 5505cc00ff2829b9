import { FILE, FRAME } from '../machine/layout.js';
import { test, value, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { DAX } from './dax.js';
import { HUGETLBFS } from './hugetlb-truncate.js';
import { PG } from './page.js';
import { SHMEM } from './shmem.js';

/** Writeback of pages: mm/page-writeback.c and mm/filemap.c, v4.14. Radix-tree tags are not modelled. */

/** The page is locked; from here until {@link end_page_writeback} the storage takes its contents. */
export const set_page_writeback = verb('set_page_writeback', ['page'], (m, t, page) => {
  const at = m.layout.frameAt(page) + FRAME.FLAGS;
  if ((m.words[at] & PG.WRITEBACK) !== 0)
    m.observer.misused(m, t, 'writeback of a page begins that is under writeback');
  m.words[at] |= PG.WRITEBACK;
  return DONE;
});

/** The storage has the contents (the interrupt at the end of the I/O). */
export const end_page_writeback = verb('end_page_writeback', ['page'], (m, t, page) => {
  const at = m.layout.frameAt(page) + FRAME.FLAGS;
  if ((m.words[at] & PG.WRITEBACK) === 0)
    m.observer.misused(m, t, 'writeback of a page ends that was not begun');
  m.words[at] &= ~PG.WRITEBACK;
  return DONE;
});

/** The file page is one of a file with a page cache over storage (mapping_cap_writeback_dirty). */
export const mapping_cap_writeback_dirty = test(
  'mapping_cap_writeback_dirty',
  ['index'],
  (m, _t, index) => {
    const tags = m.words[m.layout.fileAt(index) + FILE.TAGS];
    return (tags & (DAX.FILE | SHMEM | HUGETLBFS)) === 0 ? DONE : NO;
  },
  { private: true },
);

/** First page of the file that the page of `index` belongs to. */
export const file_start = value('file_start', ['index'], (_m, _t, index) => index & ~3);
