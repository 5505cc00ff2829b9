import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { follow_page } from '../../src/kernel/gup.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { let_ } from '../../src/kernel/range.js';
import { find_vma, vma_mergeable } from '../../src/kernel/vma.js';

const NONE = number(0);

/**
 * The anonymous page that a mergeable vma maps at `addr`, with a reference; `page` is 0 when there is none. mm/ksm.c,
 * v4.14: get_mergeable_page, and the same steps of scan_get_next_rmap_item. Mergeable vmas are
 * anonymous here, so that PageAnon is not asked.
 */
export const get_mergeable_page = operation({
  name: 'get_mergeable_page',
  from: 'mm/ksm.c',
  takes: ['addr'],
  gives: ['page'],
  locals: ['vma'],
  steps: ({ addr, page, vma }) => [
    let_(page, NONE),
    down_read(mmap_sem(addr)),
    when(not(find_vma(addr, vma)), [go_to('out')]),
    when(not(vma_mergeable(vma)), [go_to('out')]),
    when(not(follow_page(addr, page)), [let_(page, NONE)]),
    label('out'),
    up_read(mmap_sem(addr)),
  ],
});
