import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { alloc_page_vma, put_page } from '../../src/kernel/page.js';
import { isolate_lru_page, putback_lru_page } from '../../src/kernel/vmscan.js';
import { unmap_and_move } from './unmap_and_move.js';

/**
 * Migration of the page behind `addr` to another frame, as compaction and NUMA balancing do it: migrate_pages and
 * unmap_and_move, mm/migrate.c, v4.14. Takes no mmap_sem.
 */
export const migrate_pages = operation({
  name: 'migrate_pages',
  from: 'mm/migrate.c',
  takes: ['addr'],
  locals: ['page', 'newpage', 'moved'],
  steps: ({ addr, page, newpage, moved }) => [
    when(not(isolate_lru_page(addr, page)), [go_to('out')]),
    when(not(alloc_page_vma(newpage)), [putback_lru_page(page), go_to('out')]),
    call(unmap_and_move, { page, newpage, moved }),
    putback_lru_page(page), // of a page that has moved it is the last reference
    put_page(newpage), // putback_lru_page, or put_new_page
    label('out'),
  ],
});
