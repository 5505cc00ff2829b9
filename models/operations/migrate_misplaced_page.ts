import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { numamigrate_isolate_page } from '../../src/kernel/migrate.js';
import { alloc_page_vma, put_page } from '../../src/kernel/page.js';
import { putback_lru_page } from '../../src/kernel/vmscan.js';
import { unmap_and_move } from './unmap_and_move.js';

/**
 * Moves the base page, of which the caller gives a reference away, to another node. mm/migrate.c, v4.14: migrate_pages
 * for one page. Left out: the rate limit; MIGRATE_ASYNC, which gives up where this waits for writeback.
 */
export const migrate_misplaced_page = operation({
  name: 'migrate_misplaced_page',
  from: 'mm/migrate.c',
  takes: ['page'],
  locals: ['newpage', 'moved'],
  steps: ({ page, newpage, moved }) => [
    when(not(numamigrate_isolate_page(page)), [put_page(page), go_to('out')]),
    when(not(alloc_page_vma(newpage)), [putback_lru_page(page), go_to('out')]), // alloc_misplaced_dst_page
    call(unmap_and_move, { page, newpage, moved }),
    putback_lru_page(page), // of a page that has moved it is the last reference
    put_page(newpage), // putback_lru_page, or put_new_page
    label('out'),
  ],
});
