import { call, each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { IS_DAX } from '../../src/kernel/dax.js';
import {
  lock_page,
  PageFlag,
  PG_writeback,
  put_page,
  trylock_page,
  unlock_page,
} from '../../src/kernel/page.js';
import { wait_on_page_writeback } from '../../src/kernel/swap.js';
import {
  dax_delete_mapping_entry,
  lookup_dax_entries,
  pagevec_lookup_entries,
} from '../../src/kernel/truncate.js';
import { truncate_inode_page } from './truncate_inode_page.js';

/**
 * Takes pages [index, index + count) out of the page cache: first those that nobody is busy with, then all. mm/truncate.c,
 * v4.14. The page vector holds one page. Left out: partial pages, cleancache; the look at what was added meanwhile, since
 * i_mmap_sem keeps faults out.
 */
export const truncate_inode_pages_range = operation({
  name: 'truncate_inode_pages_range',
  from: 'mm/truncate.c',
  takes: ['index', 'count'],
  locals: ['cursor', 'page'],
  steps: ({ index, count, cursor, page }) => [
    when(IS_DAX(index), [
      each(lookup_dax_entries(index, count, cursor, page), [dax_delete_mapping_entry(page)]), // truncate_exceptional_entry
      go_to('out'),
    ]),
    each(pagevec_lookup_entries(index, count, cursor, page), [
      when(trylock_page(page), [
        when(not(PageFlag(page, PG_writeback)), [call(truncate_inode_page, { page })]),
        unlock_page(page),
      ]),
      put_page(page), // pagevec_release
    ]),
    each(pagevec_lookup_entries(index, count, cursor, page), [
      lock_page(page),
      wait_on_page_writeback(page),
      call(truncate_inode_page, { page }),
      unlock_page(page),
      put_page(page),
    ]),
    label('out'),
  ],
});
