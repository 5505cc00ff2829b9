import { FILE, FRAME, THREAD } from '../machine/layout.js';
import { PAGE_WORDS } from '../machine/geometry.js';
import type { Machine } from '../machine/machine.js';
import { test, verb } from '../machine/verb.js';
import { DONE, NO } from '../program/primitive.js';
import { allocFrame, PG } from './page.js';
import { headOf } from './walk.js';

/** The page cache and the files behind it: mm/filemap.c, v4.14. DAX files: kernel/dax. */

/** FILE.TAGS: the file ends before the page. */
export const BEYOND_I_SIZE = 64;

/** Page of the file page `index` in the page cache, with a reference; NO when it is not cached. */
export const find_get_page = test('find_get_page', ['index', '>page'], (m, _t, index, out) => {
  const cached = m.words[m.layout.fileAt(index) + FILE.CACHE];
  if (cached === 0) return NO;
  m.words[out] = cached - 1;
  m.words[m.layout.frameAt(headOf(m, cached - 1)) + FRAME.REF]++;
  return DONE;
});

/** A zeroed page, put into the page cache for `index`; -1 without memory. */
export function addFilePage(m: Machine, t: number, index: number, flags: number): number {
  if ((m.words[m.layout.threadAt(t) + THREAD.CHOICES] & 1) !== 0) return -1;
  const frame = allocFrame(m);
  if (frame < 0) return -1;
  const at = m.layout.frameAt(frame);
  m.words[at + FRAME.FLAGS] = flags;
  m.words[at + FRAME.INDEX] = index;
  m.words[m.layout.fileAt(index) + FILE.CACHE] = frame + 1;
  return frame;
}

/** Reads a page of the file into a fresh page-cache page (unlocked and up to date when it returns); NO without memory. */
export const page_cache_read = test(
  'page_cache_read',
  ['index'],
  (m, t, index) => {
    const file = m.layout.fileAt(index);
    if (m.words[file + FILE.CACHE] !== 0) return DONE;
    const frame = addFilePage(m, t, index, PG.FILE);
    if (frame < 0) return NO;
    const at = m.layout.frameAt(frame);
    for (let i = 0; i < PAGE_WORDS; i++) m.words[at + FRAME.W + i] = m.words[file + FILE.S + i]!;
    return DONE;
  },
  { sleeps: true },
);

/** The locked page still belongs to the file (page->mapping). */
export const page_mapping_is = test('page_mapping', ['page'], (m, _t, page) =>
  (m.words[m.layout.frameAt(headOf(m, page)) + FRAME.FLAGS] & PG.FILE) !== 0 ? DONE : NO,
);

/** Writes the page's contents to the file's storage: the device takes them in one step. */
export const submit_bio = verb('writepage', ['page'], (m, _t, page) => {
  const f = m.layout.frameAt(page);
  const file = m.layout.fileAt(m.words[f + FRAME.INDEX]);
  for (let i = 0; i < PAGE_WORDS; i++) m.words[file + FILE.S + i] = m.words[f + FRAME.W + i]!;
  return DONE;
});

/** __remove_mapping of a clean page-cache page that only the cache and the caller hold; NO otherwise. */
export const remove_mapping_file = test('__remove_mapping', ['page'], (m, _t, page) => {
  const f = m.layout.frameAt(page);
  if ((m.words[f + FRAME.FLAGS] & PG.FILE) === 0) return NO; // truncated
  if (m.words[f + FRAME.REF] !== 2 || (m.words[f + FRAME.FLAGS] & PG.DIRTY) !== 0) return NO;
  m.words[m.layout.fileAt(m.words[f + FRAME.INDEX]) + FILE.CACHE] = 0;
  m.words[f + FRAME.FLAGS] &= ~PG.FILE;
  m.words[f + FRAME.REF]--;
  return DONE;
});
