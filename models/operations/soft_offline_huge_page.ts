import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { alloc_hugetlb_page } from '../../src/kernel/hugetlb.js';
import { isolate_huge_page, putback_active_hugepage } from '../../src/kernel/hugetlb-migrate.js';
import { put_page } from '../../src/kernel/page.js';
import { unmap_and_move_huge_page } from './unmap_and_move_huge_page.js';

/**
 * The hugetlb page behind `addr` has shown corrected errors and is moved elsewhere: soft_offline_huge_page and the part
 * of migrate_pages that it calls; move_pages, migrate_pages and the offlining of memory come the same way. Takes no
 * mmap_sem. mm/memory-failure.c and mm/migrate.c, v4.14.
 *
 * Left out: PageHWPoison of the old page, which goes back to the pool here.
 */
export const soft_offline_huge_page = operation({
  name: 'soft_offline_huge_page',
  from: 'mm/memory-failure.c',
  takes: ['addr'],
  locals: ['page', 'newpage', 'moved'],
  steps: ({ addr, page, newpage, moved }) => [
    when(not(isolate_huge_page(addr, page)), [go_to('out')]),
    when(not(alloc_hugetlb_page(newpage)), [putback_active_hugepage(page), go_to('out')]),
    call(unmap_and_move_huge_page, { page, newpage, moved }),
    putback_active_hugepage(page), // of a page that has moved it is the last reference
    put_page(newpage), // putback_active_hugepage, or put_new_page
    label('out'),
  ],
});
