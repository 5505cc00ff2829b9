import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { page_mapping_is } from '../../src/kernel/filemap.js';
import { lock_page, put_page, trylock_page, unlock_page } from '../../src/kernel/page.js';
import { let_, minus } from '../../src/kernel/range.js';
import { clear_highpage, thp_partly_gone } from '../../src/kernel/shmem.js';
import { pagevec_lookup_entries } from '../../src/kernel/truncate.js';
import { truncate_inode_page } from './truncate_inode_page.js';

const ONE = number(1);

/**
 * Takes pages [index, index + count) out of a tmpfs file: first those that nobody is busy with, then all. Of a huge page of which
 * only a part goes, the part is zeroed. mm/shmem.c, v4.14. The page vector holds one page. Left out: partial pages, swap entries.
 */
export const shmem_undo_range = operation({
  name: 'shmem_undo_range',
  from: 'mm/shmem.c',
  takes: ['index', 'count'],
  locals: ['cursor', 'page', 'whole'],
  steps: ({ index, count, cursor, page }) => [
    each(pagevec_lookup_entries(index, count, cursor, page), [
      when(trylock_page(page), [
        when(
          thp_partly_gone(page, index, count),
          [clear_highpage(page)],
          [when(page_mapping_is(page), [call(truncate_inode_page, { page })])],
        ),
        unlock_page(page),
      ]),
      put_page(page), // pagevec_release
    ]),
    label('again'),
    each(pagevec_lookup_entries(index, count, cursor, page), [
      lock_page(page),
      when(thp_partly_gone(page, index, count), [clear_highpage(page), go_to('next')]),
      when(not(page_mapping_is(page)), [unlock_page(page), put_page(page), go_to('retry')]), // replaced
      call(truncate_inode_page, { page }),
      label('next'),
      unlock_page(page),
      put_page(page),
    ]),
    go_to('out'),
    label('retry'),
    let_(cursor, minus(cursor, ONE)), // index--
    go_to('again'),
    label('out'),
  ],
});
