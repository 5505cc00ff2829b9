import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { EFAULT } from '../../src/kernel/ksm.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { let_ } from '../../src/kernel/range.js';
import { find_vma, vma_mergeable } from '../../src/kernel/vma.js';
import { try_to_merge_one_page } from './try_to_merge_one_page.js';

/** Takes the mmap_sem of the page's mm, and finds its vma, for try_to_merge_one_page. mm/ksm.c, v4.14. */
export const try_to_merge_with_ksm_page = operation({
  name: 'try_to_merge_with_ksm_page',
  from: 'mm/ksm.c',
  takes: ['addr', 'page', 'kpage'],
  gives: ['err'],
  locals: ['vma'],
  steps: ({ addr, page, kpage, err, vma }) => [
    let_(err, EFAULT),
    down_read(mmap_sem(addr)),
    when(not(find_vma(addr, vma)), [go_to('out')]), // find_mergeable_vma
    when(not(vma_mergeable(vma)), [go_to('out')]),
    call(try_to_merge_one_page, { addr, page, kpage, err }),
    label('out'),
    up_read(mmap_sem(addr)),
  ],
});
