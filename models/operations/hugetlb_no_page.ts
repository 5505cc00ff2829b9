import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { signal_bus } from '../../src/kernel/access.js';
import { pte_none } from '../../src/kernel/entry.js';
import { page_mapping_is } from '../../src/kernel/filemap.js';
import {
  alloc_hugetlb_page,
  huge_ptep_get,
  hugetlb_find_get_page,
  make_huge_pte,
  set_huge_pte_at,
  vma_writable_shared,
} from '../../src/kernel/hugetlb.js';
import { huge_add_to_page_cache } from '../../src/kernel/hugetlb-truncate.js';
import { huge_pte_lock, huge_pte_unlock } from '../../src/kernel/hugetlb-tables.js';
import { lock_page, PageFlag, PG_hwpoison, put_page, unlock_page } from '../../src/kernel/page.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap, page_dup_compound_rmap } from '../../src/kernel/rmap.js';
import { beyond_i_size } from '../../src/kernel/truncate.js';
import { linear_page_index, vma_shared } from '../../src/kernel/vma.js';
import { hugetlb_cow } from './hugetlb_cow.js';

/**
 * First touch of a hugetlb page: a shared mapping maps the file's page, a new one where the file has a hole; a private one a new page, read-only at first.
 * The fault mutex is held; `pte` is the entry's place. mm/hugetlb.c, v4.14.
 *
 * Left out: pages of a file under a private mapping (it is MAP_ANONYMOUS here), reservations, userfaultfd.
 */
export const hugetlb_no_page = operation({
  name: 'hugetlb_no_page',
  from: 'mm/hugetlb.c',
  takes: ['addr', 'pte', 'write', 'vma'],
  gives: ['fault'],
  locals: ['page', 'entry'],
  steps: ({ addr, pte, write, vma, fault, page, entry }) => [
    when(
      vma_shared(vma),
      [
        label('retry'),
        when(
          hugetlb_find_get_page(addr, page),
          [
            lock_page(page), // find_lock_page
            when(not(page_mapping_is(page)), [unlock_page(page), put_page(page), go_to('retry')]),
            // an error since mmap, of which this mm has no entry to tell
            when(PageFlag(page, PG_hwpoison), [let_(fault, signal_bus), go_to('backout_unlocked')]),
          ],
          [
            when(beyond_i_size(linear_page_index(addr)), [let_(fault, signal_bus), go_to('out')]),
            when(not(alloc_hugetlb_page(page)), [let_(fault, signal_bus), go_to('out')]),
            when(not(huge_add_to_page_cache(page, addr)), [put_page(page), go_to('retry')]),
          ],
        ),
      ],
      [when(not(alloc_hugetlb_page(page)), [let_(fault, signal_bus), go_to('out')]), lock_page(page)],
    ),
    huge_pte_lock(addr, pte),
    when(vma_shared(vma), [
      when(beyond_i_size(linear_page_index(addr)), [let_(fault, signal_bus), go_to('backout')]),
    ]),
    huge_ptep_get(pte, entry),
    when(not(pte_none(entry)), [go_to('backout')]),
    when(vma_shared(vma), [page_dup_compound_rmap(page)], [page_add_new_anon_rmap(page, addr)]),
    set_huge_pte_at(addr, pte, make_huge_pte(page, vma_writable_shared(vma))),
    when(not(is_zero(write)), [
      when(not(vma_shared(vma)), [call(hugetlb_cow, { addr, pte, vma, fault })]), // without a second fault
    ]),
    huge_pte_unlock(pte),
    unlock_page(page),
    go_to('out'),
    label('backout'),
    huge_pte_unlock(pte),
    label('backout_unlocked'),
    unlock_page(page),
    put_page(page),
    label('out'),
  ],
});
