import { call, go_to, inside, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pages_identical } from '../../src/kernel/ksm.js';
import { PageKsm, put_page } from '../../src/kernel/page.js';
import { equal, is_zero } from '../../src/kernel/range.js';
import { break_cow } from './break_cow.js';
import { get_mergeable_page } from './get_mergeable_page.js';
import { try_to_merge_with_ksm_page } from './try_to_merge_with_ksm_page.js';

const NONE = number(0);

/**
 * ksmd compares the page at `addr` with the one at `tree_addr`, and merges them if they are equal: into a KSM page that
 * the second is already, or both into one. mm/ksm.c, v4.14: cmp_and_merge_page, try_to_merge_two_pages.
 *
 * Left out: the trees (the case says which two pages are compared), checksums, use_zero_pages, NUMA nodes.
 */
export const ksm_scan = operation({
  name: 'ksm_scan',
  from: 'mm/ksm.c',
  takes: ['addr', 'tree_addr'],
  locals: ['page', 'tree_page', 'err'],
  steps: ({ addr, tree_addr, page, tree_page, err }) => [
    call(get_mergeable_page, { addr, page }), // scan_get_next_rmap_item
    when(is_zero(page), [go_to('out')]),
    when(PageKsm(page), [go_to('put_page')]), // merged before
    call(get_mergeable_page, { addr: tree_addr, page: tree_page }),
    when(is_zero(tree_page), [go_to('put_page')]),
    when(equal(page, tree_page), [go_to('put_tree_page')]),
    when(not(pages_identical(page, tree_page)), [go_to('put_tree_page')]),
    when(PageKsm(tree_page), [
      call(try_to_merge_with_ksm_page, { addr, page, kpage: tree_page, err }),
      go_to('put_tree_page'),
    ]),
    inside('try_to_merge_two_pages', [
      call(try_to_merge_with_ksm_page, { addr, page, kpage: NONE, err }),
      when(is_zero(err), [
        call(try_to_merge_with_ksm_page, { addr: tree_addr, page: tree_page, kpage: page, err }),
        // a KSM page that is in no tree is taken apart again
        when(not(is_zero(err)), [call(break_cow, { addr })]),
      ]),
    ]),
    label('put_tree_page'),
    put_page(tree_page),
    label('put_page'),
    put_page(page),
    label('out'),
  ],
});
