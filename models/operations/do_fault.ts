import { call, go_to, inside, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, maybe_mkwrite, mk_pte, pte_none, READ_ONLY } from '../../src/kernel/entry.js';
import { signal_bus } from '../../src/kernel/access.js';
import { find_get_page, page_cache_read, page_mapping_is } from '../../src/kernel/filemap.js';
import { copy_user_highpage } from '../../src/kernel/highmem.js';
import {
  alloc_page_vma,
  lock_page,
  PageFlag,
  PG_hwpoison,
  put_page,
  set_page_dirty,
  unlock_page,
} from '../../src/kernel/page.js';
import {
  pte_alloc,
  pte_get,
  pte_offset_map_lock,
  pte_unmap_unlock,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { down_read, up_read } from '../../src/kernel/locks.js';
import { unstable_address_space } from '../../src/kernel/oom.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap, page_dup_rmap } from '../../src/kernel/rmap.js';
import { beyond_i_size, i_mmap_sem } from '../../src/kernel/truncate.js';
import { linear_page_index, vma_is_dax, vma_is_shmem, vma_shared } from '../../src/kernel/vma.js';
import { alloc_set_pte } from './alloc_set_pte.js';
import { dax_iomap_pte_fault } from './dax_iomap_pte_fault.js';
import { shmem_fault } from './shmem_fault.js';

/**
 * Faults on pages of a file that no PTE maps: do_read_fault, do_cow_fault, do_shared_fault, finish_fault
 * (mm/memory.c, v4.14) over filemap_fault and filemap_page_mkwrite (mm/filemap.c), called by ext4, which keeps faults
 * away from pages that are being truncated.
 *
 * Left out: fault-around, the file system's own work; i_mmap_sem in page_mkwrite. `page` is locked and referenced between
 * filemap_fault and the end.
 */
export const do_fault = operation({
  name: 'do_fault',
  from: 'mm/memory.c',
  takes: ['addr', 'write', 'vma'],
  gives: ['fault'],
  locals: ['index', 'page', 'cow_page', 'pte', 'entry', 'locked', 'mapped'],
  steps: ({ addr, write, vma, fault, index, page, cow_page, pte, entry, locked, mapped }) => [
    when(vma_is_dax(vma), [call(dax_iomap_pte_fault, { addr, write, vma, fault }), go_to('out')]), // vm_ops->fault
    when(vma_is_shmem(vma), [
      call(shmem_fault, { addr, page, locked, fault }), // vm_ops->fault
      when(is_zero(locked), [go_to('out')]),
      call(alloc_set_pte, { addr, page, write, vma, mapped }), // finish_fault; no page_mkwrite
      when(not(is_zero(write)), [set_page_dirty(page)]), // fault_dirty_shared_page
      unlock_page(page),
      when(is_zero(mapped), [put_page(page)]),
      go_to('out'),
    ]),
    when(not(pte_alloc(addr)), [go_to('out')]),
    let_(index, linear_page_index(addr)),
    down_read(i_mmap_sem(index)), // ext4_filemap_fault
    inside('filemap_fault', [
      when(beyond_i_size(index), [let_(fault, signal_bus), go_to('no_page')]),
      label('find'),
      when(not(find_get_page(index, page)), [
        when(not(page_cache_read(index)), [let_(fault, signal_bus), go_to('no_page')]),
        go_to('find'),
      ]),
      lock_page(page),
      when(not(page_mapping_is(page)), [unlock_page(page), put_page(page), go_to('find')]),
      when(beyond_i_size(index), [
        unlock_page(page),
        put_page(page),
        let_(fault, signal_bus),
        go_to('no_page'),
      ]),
      up_read(i_mmap_sem(index)),
      when(PageFlag(page, PG_hwpoison), [
        unlock_page(page), // __do_fault
        put_page(page),
        let_(fault, signal_bus),
        go_to('out'),
      ]),
    ]),
    when(is_zero(write), [
      when(not(vma_shared(vma)), [
        when(unstable_address_space(addr), [
          unlock_page(page), // do_read_fault, finish_fault: a private copy may have been reaped
          put_page(page),
          let_(fault, signal_bus),
          go_to('out'),
        ]),
      ]),
      pte_offset_map_lock(addr, pte),
      pte_get(pte, entry),
      when(
        pte_none(entry),
        [
          page_dup_rmap(page),
          set_pte_at(addr, pte, mk_pte(page, READ_ONLY)),
          pte_unmap_unlock(pte),
          unlock_page(page),
        ],
        [pte_unmap_unlock(pte), unlock_page(page), put_page(page)],
      ),
      go_to('out'),
    ]),
    when(not(vma_shared(vma)), [
      when(not(alloc_page_vma(cow_page)), [
        unlock_page(page), // do_cow_fault
        put_page(page),
        let_(fault, signal_bus),
        go_to('out'),
      ]),
      copy_user_highpage(cow_page, page),
      when(unstable_address_space(addr), [
        put_page(cow_page), // finish_fault
        unlock_page(page),
        put_page(page),
        let_(fault, signal_bus),
        go_to('out'),
      ]),
      pte_offset_map_lock(addr, pte),
      pte_get(pte, entry),
      when(
        pte_none(entry),
        [
          page_add_new_anon_rmap(cow_page, addr),
          set_pte_at(addr, pte, maybe_mkwrite(mk_pte(cow_page, DIRTY), vma)),
          pte_unmap_unlock(pte),
        ],
        [pte_unmap_unlock(pte), put_page(cow_page)],
      ),
      unlock_page(page),
      put_page(page),
      go_to('out'),
    ]),
    unlock_page(page), // do_shared_fault
    lock_page(page), // filemap_page_mkwrite
    when(not(page_mapping_is(page)), [unlock_page(page), put_page(page), go_to('out')]),
    set_page_dirty(page),
    pte_offset_map_lock(addr, pte),
    pte_get(pte, entry),
    when(
      pte_none(entry),
      [
        page_dup_rmap(page),
        set_pte_at(addr, pte, maybe_mkwrite(mk_pte(page, DIRTY), vma)),
        pte_unmap_unlock(pte),
        set_page_dirty(page), // fault_dirty_shared_page
        unlock_page(page),
      ],
      [pte_unmap_unlock(pte), unlock_page(page), put_page(page)],
    ),
    go_to('out'),
    label('no_page'),
    up_read(i_mmap_sem(index)),
    label('out'),
  ],
});
