import { branch, call, go_to, inside, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { page_mapping_is } from '../../src/kernel/filemap.js';
import { hugetlbfs_error_remove_page } from '../../src/kernel/hugetlb-truncate.js';
import { dissolve_free_huge_page, get_hwpoison_huge_page } from '../../src/kernel/memory-failure.js';
import { lock_page, PageAnon, put_page, unlock_page } from '../../src/kernel/page.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import { try_to_unmap } from './try_to_unmap.js';

const NO_FLAGS = number(0);

/**
 * A hardware error in the hugetlb page behind `addr`: memory_failure_hugetlb, hwpoison_user_mappings and me_huge_page of
 * mm/memory-failure.c, v4.14. The whole huge page is lost. Its mappings become hwpoison entries, which give SIGBUS; a page of a
 * file leaves it, an anonymous one is taken apart.
 *
 * hugetlbfs has no writeback, so that nothing asks whether the page is clean. Left out: free pages of the pool, pages that
 * were truncated and are not free yet (they stay as they are), the signals; the second lock of a page that was taken apart.
 */
export const memory_failure_hugetlb = operation({
  name: 'memory_failure_hugetlb',
  from: 'mm/memory-failure.c',
  takes: ['addr'],
  locals: ['page'],
  steps: ({ addr, page }) => [
    when(not(get_hwpoison_huge_page(addr, page)), [go_to('nothing')]),
    lock_page(page),
    inside('hwpoison_user_mappings', [
      when(page_mapped(page), [
        call(try_to_unmap, { page, flags: NO_FLAGS }),
        when(page_mapped(page), [unlock_page(page), go_to('nothing')]), // MF_MSG_UNMAP_FAILED
      ]),
    ]),
    inside('me_huge_page', [
      when(
        page_mapping_is(page),
        [branch('mapping', [hugetlbfs_error_remove_page(page), unlock_page(page)])], // and its reference stays
        [
          unlock_page(page),
          when(PageAnon(page), [put_page(page)]), // the last, if nobody pins the page
          dissolve_free_huge_page(page, addr),
        ],
      ),
    ]),
    label('nothing'),
  ],
});
