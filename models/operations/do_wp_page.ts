import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, entry_target, maybe_mkwrite } from '../../src/kernel/entry.js';
import {
  get_page,
  lock_page,
  PageAnon,
  PageKsm,
  put_page,
  set_page_dirty,
  trylock_page,
  unlock_page,
  vm_normal_page,
} from '../../src/kernel/page.js';
import {
  pte_offset_map_lock,
  pte_same,
  pte_unmap_unlock,
  ptep_set_access_flags,
} from '../../src/kernel/pgtable.js';
import { page_mapping_is } from '../../src/kernel/filemap.js';
import { let_ } from '../../src/kernel/range.js';
import { reuse_swap_page } from '../../src/kernel/swap.js';
import { vma_is_shmem, vma_shared } from '../../src/kernel/vma.js';
import { dax_iomap_pte_fault } from './dax_iomap_pte_fault.js';
import { wp_page_copy } from './wp_page_copy.js';

const ONE = number(1);

/**
 * A write fault on a present read-only PTE. Entered with the page-table lock held (`pte`), returns without it.
 * mm/memory.c, v4.14: do_wp_page, wp_page_reuse, wp_page_shared with page_mkwrite, wp_pfn_shared.
 *
 * Left out: pages without struct page other than the zero page and DAX; the file system's own work in page_mkwrite
 * (time, journal) and its wait for stable pages.
 */
export const do_wp_page = operation({
  name: 'do_wp_page',
  from: 'mm/memory.c',
  takes: ['addr', 'pte', 'orig_pte', 'vma'],
  gives: ['fault'],
  locals: ['page', 'again'],
  steps: ({ addr, pte, orig_pte, vma, fault, page, again }) => [
    let_(page, entry_target(orig_pte)),
    when(not(vm_normal_page(page)), [
      pte_unmap_unlock(pte),
      when(not(vma_shared(vma)), [go_to('copy')]), // the zero page
      call(dax_iomap_pte_fault, { addr, write: ONE, vma, fault }), // wp_pfn_shared: pfn_mkwrite of a DAX file
      go_to('out'),
    ]),
    when(
      PageAnon(page),
      [
        when(not(PageKsm(page)), [
          when(not(trylock_page(page)), [
            get_page(page),
            pte_unmap_unlock(pte),
            lock_page(page),
            pte_offset_map_lock(addr, again),
            when(not(pte_same(again, orig_pte)), [
              unlock_page(page),
              pte_unmap_unlock(again),
              put_page(page),
              go_to('out'),
            ]),
            put_page(page),
          ]),
          when(reuse_swap_page(page), [
            unlock_page(page),
            ptep_set_access_flags(addr, pte, maybe_mkwrite(DIRTY, vma)), // wp_page_reuse
            pte_unmap_unlock(pte),
            go_to('out'),
          ]),
          unlock_page(page),
        ]),
      ],
      [
        when(vma_is_shmem(vma), [
          ptep_set_access_flags(addr, pte, maybe_mkwrite(DIRTY, vma)), // wp_page_shared without page_mkwrite: wp_page_reuse
          pte_unmap_unlock(pte),
          go_to('out'),
        ]),
        when(vma_shared(vma), [
          get_page(page), // wp_page_shared
          pte_unmap_unlock(pte),
          lock_page(page), // filemap_page_mkwrite
          when(not(page_mapping_is(page)), [unlock_page(page), put_page(page), go_to('out')]),
          set_page_dirty(page),
          pte_offset_map_lock(addr, again), // finish_mkwrite_fault
          when(not(pte_same(again, orig_pte)), [
            pte_unmap_unlock(again),
            unlock_page(page),
            put_page(page),
            go_to('out'),
          ]),
          ptep_set_access_flags(addr, again, maybe_mkwrite(DIRTY, vma)),
          pte_unmap_unlock(again),
          set_page_dirty(page), // fault_dirty_shared_page
          unlock_page(page),
          put_page(page),
          go_to('out'),
        ]),
      ],
    ),
    get_page(page),
    pte_unmap_unlock(pte),
    label('copy'),
    call(wp_page_copy, { addr, orig_pte, old_page: page, vma, fault }),
    label('out'),
  ],
});
