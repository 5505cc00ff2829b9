import { migration_entry_wait } from '../../src/kernel/migrate.js';
import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  entry_target,
  is_device_private_entry,
  is_hwpoison_entry,
  is_migration_entry,
  maybe_mkwrite,
  mk_pte,
  pte_mkdirty,
  pte_mksoft_dirty,
  pte_soft_dirty,
  READ_ONLY,
} from '../../src/kernel/entry.js';
import { signal_bus } from '../../src/kernel/access.js';
import {
  alloc_page_vma,
  lock_page,
  PageFlag,
  PG_hwpoison,
  PG_not_uptodate,
  put_page,
  unlock_page,
} from '../../src/kernel/page.js';
import { pte_offset_map_lock, pte_same, pte_unmap_unlock, set_pte_at } from '../../src/kernel/pgtable.js';
import { is_zero, let_, equal } from '../../src/kernel/range.js';
import { page_add_anon_rmap } from '../../src/kernel/rmap.js';
import {
  add_to_swap_cache,
  lookup_swap_cache,
  page_swap_slot,
  reuse_swap_page,
  swap_free,
  swap_readpage,
} from '../../src/kernel/swap.js';
import { device_private_entry_fault } from './device_private_entry_fault.js';
import { do_wp_page } from './do_wp_page.js';

const ONE = number(1);

/**
 * A fault on a non-present PTE: swap-in, or the wait for a migration to end, or poison. mm/memory.c, v4.14;
 * migration_entry_wait of mm/migrate.c.
 *
 * Left out: readahead, memory cgroups, ksm_might_need_to_copy, dropping mmap_sem while the page lock is waited for.
 */
export const do_swap_page = operation({
  name: 'do_swap_page',
  from: 'mm/memory.c',
  takes: ['addr', 'orig_pte', 'write', 'vma'],
  gives: ['fault'],
  locals: ['page', 'pte', 'entry', 'left', 'exclusive'],
  steps: ({ addr, orig_pte, write, vma, fault, page, pte, entry, left }) => [
    when(is_migration_entry(orig_pte), [migration_entry_wait(addr, orig_pte), go_to('out')]),
    when(is_device_private_entry(orig_pte), [
      call(device_private_entry_fault, { addr, entry: orig_pte, vma, fault }),
      go_to('out'),
    ]),
    when(is_hwpoison_entry(orig_pte), [let_(fault, signal_bus), go_to('out')]),
    when(not(lookup_swap_cache(entry_target(orig_pte), page)), [
      when(not(alloc_page_vma(page)), [let_(fault, signal_bus), go_to('out')]), // swapin_readahead
      lock_page(page),
      when(not(add_to_swap_cache(page, entry_target(orig_pte))), [
        unlock_page(page),
        put_page(page),
        go_to('out'),
      ]),
      swap_readpage(page, entry_target(orig_pte)),
      unlock_page(page),
    ]),
    when(PageFlag(page, PG_hwpoison), [put_page(page), let_(fault, signal_bus), go_to('out')]),
    lock_page(page),
    when(not(equal(page_swap_slot(page), entry_target(orig_pte))), [
      unlock_page(page),
      put_page(page),
      go_to('out'),
    ]),
    pte_offset_map_lock(addr, pte),
    when(not(pte_same(pte, orig_pte)), [
      pte_unmap_unlock(pte),
      unlock_page(page),
      put_page(page),
      go_to('out'),
    ]),
    when(PageFlag(page, PG_not_uptodate), [
      pte_unmap_unlock(pte),
      unlock_page(page),
      put_page(page),
      let_(fault, signal_bus),
      go_to('out'),
    ]),
    let_(entry, mk_pte(page, READ_ONLY)),
    let_(left, write),
    when(not(is_zero(write)), [
      when(reuse_swap_page(page), [
        let_(entry, maybe_mkwrite(pte_mkdirty(entry), vma)),
        let_(left, number(0)),
      ]),
    ]),
    when(pte_soft_dirty(orig_pte), [let_(entry, pte_mksoft_dirty(entry))]),
    set_pte_at(addr, pte, entry),
    page_add_anon_rmap(page, addr),
    swap_free(entry_target(orig_pte)),
    unlock_page(page),
    when(equal(left, ONE), [call(do_wp_page, { addr, pte, orig_pte: entry, vma, fault }), go_to('out')]),
    pte_unmap_unlock(pte),
    label('out'),
  ],
});
