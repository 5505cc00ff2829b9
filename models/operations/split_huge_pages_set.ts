import { call, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { get_huge_page_behind } from '../../src/kernel/huge.js';
import { lock_page, PageTransHuge, put_page, unlock_page } from '../../src/kernel/page.js';
import { split_huge_page_to_list } from './split_huge_page_to_list.js';

/**
 * Splits the huge page behind `addr`, as debugfs split_huge_pages does with every page; reclaim's deferred_split_scan does
 * the same with a try of the lock. mm/huge_memory.c, v4.14.
 */
export const split_huge_pages_set = operation({
  name: 'split_huge_pages_set',
  from: 'mm/huge_memory.c',
  takes: ['addr'],
  locals: ['page'],
  steps: ({ addr, page }) => [
    when(get_huge_page_behind(addr, page), [
      lock_page(page),
      when(PageTransHuge(page), [call(split_huge_page_to_list, { page, keep: page })]), // somebody else may have split it
      unlock_page(page),
      put_page(page),
    ]),
  ],
});
