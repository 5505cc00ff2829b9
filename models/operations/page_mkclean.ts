import { call, each, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_read, up_read } from '../../src/kernel/locks.js';
import { rmap_rwsem, rmap_vma } from '../../src/kernel/page-vma-mapped.js';
import { let_ } from '../../src/kernel/range.js';
import { page_mapped, rmap_walk } from '../../src/kernel/rmap.js';
import { vma_shared } from '../../src/kernel/vma.js';
import { page_mkclean_one } from './page_mkclean_one.js';

/**
 * Makes every shared mapping of the locked file page clean and read-only; when it returns nobody can write the page
 * without a fault. `cleaned` is 1 if some mapping was dirty or writable. mm/rmap.c, v4.14.
 */
export const page_mkclean = operation({
  name: 'page_mkclean',
  from: 'mm/rmap.c',
  takes: ['page'],
  gives: ['cleaned'],
  locals: ['lock', 'cursor', 'addr'],
  steps: ({ page, cleaned, lock, cursor, addr }) => [
    when(not(page_mapped(page)), [go_to('out')]),
    let_(lock, rmap_rwsem(page)),
    down_read(lock),
    each(rmap_walk(page, cursor, addr), [
      when(vma_shared(rmap_vma(addr)), [call(page_mkclean_one, { page, addr, cleaned })]),
    ]),
    up_read(lock),
    label('out'),
  ],
});
