import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import {
  isolate_collected_page,
  migrate_page_move_mapping,
  migrate_page_states,
  migrate_vma_check_page,
} from '../../src/kernel/migrate.js';
import { clear_user_highpage, copy_user_highpage } from '../../src/kernel/highmem.js';
import {
  alloc_page_vma,
  lock_page,
  PageFlag,
  PG_device_private,
  put_page,
  SetPageFlag,
  trylock_page,
  unlock_page,
} from '../../src/kernel/page.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { PageSwapCache } from '../../src/kernel/swap.js';
import { putback_lru_page, TTU_MIGRATION } from '../../src/kernel/vmscan.js';
import { migrate_vma_collect } from './migrate_vma_collect.js';
import { migrate_vma_insert_page } from './migrate_vma_insert_page.js';
import { remove_migration_ptes } from './remove_migration_ptes.js';
import { try_to_unmap } from './try_to_unmap.js';

const ONE = number(1);
const UNLOCKED = number(0);

/**
 * Moves the anonymous page at `addr` into a device's private memory, or from there back; mmap_sem is held for reading.
 * `moved` is 1 if it could, `oom` 1 if no page was left. mm/migrate.c, v4.14, for one page, with its parts
 * migrate_vma_prepare, _unmap, _pages and _finalize, and a driver's alloc_and_copy between them.
 *
 * Device-private memory is memory that no CPU and no IOMMU reaches: the entry names it and is not present. Its pages come
 * from the world's frames. Left out: more pages in one call, public device memory, what the device itself does there.
 */
export const migrate_vma = operation({
  name: 'migrate_vma',
  from: 'mm/migrate.c',
  takes: ['addr', 'to_device', 'vma'],
  gives: ['moved', 'oom'],
  locals: ['page', 'migrate', 'locked', 'isolated', 'newpage'],
  steps: ({ addr, to_device, vma, moved, oom, page, migrate, locked, isolated, newpage }) => [
    call(migrate_vma_collect, { addr, page, migrate, locked }),
    when(is_zero(migrate), [go_to('out')]),
    when(is_zero(locked), [
      when(is_zero(page), [
        when(is_zero(to_device), [go_to('out')]),
        when(not(alloc_page_vma(newpage)), [let_(oom, ONE), go_to('out')]), // alloc_and_copy
        lock_page(newpage),
        SetPageFlag(newpage, PG_device_private),
        clear_user_highpage(newpage),
        call(migrate_vma_insert_page, { addr, page: newpage, vma, moved }),
        unlock_page(newpage),
        put_page(newpage),
        go_to('out'),
      ]),
      when(not(trylock_page(page)), [put_page(page), go_to('out')]), // migrate_vma_prepare
    ]),
    when(not(PageFlag(page, PG_device_private)), [
      when(not(isolate_collected_page(page)), [go_to('restore')]),
      let_(isolated, ONE),
    ]),
    when(not(migrate_vma_check_page(page)), [go_to('restore')]),
    when(page_mapped(page), [
      call(try_to_unmap, { page, flags: TTU_MIGRATION }), // migrate_vma_unmap
      when(page_mapped(page), [go_to('restore')]),
    ]),
    when(not(migrate_vma_check_page(page)), [go_to('restore')]),
    when(
      PageFlag(page, PG_device_private), // alloc_and_copy: the driver moves what is not there yet
      [when(not(is_zero(to_device)), [go_to('restore')])],
      [when(is_zero(to_device), [go_to('restore')])],
    ),
    when(not(alloc_page_vma(newpage)), [let_(oom, ONE), go_to('restore')]),
    lock_page(newpage),
    copy_user_highpage(newpage, page),
    when(not(is_zero(to_device)), [
      SetPageFlag(newpage, PG_device_private),
      when(PageSwapCache(page), [go_to('finalize')]), // page_mapping: not for device memory
    ]),
    when(migrate_page_move_mapping(newpage, page), [
      migrate_page_states(newpage, page), // migrate_page without the copy
      let_(moved, ONE),
    ]),
    label('finalize'),
    when(
      is_zero(moved),
      [call(remove_migration_ptes, { old: page, page, locked: UNLOCKED })],
      [call(remove_migration_ptes, { old: page, page: newpage, locked: UNLOCKED })],
    ),
    unlock_page(newpage),
    put_page(newpage),
    go_to('release'),
    label('restore'),
    call(remove_migration_ptes, { old: page, page, locked: UNLOCKED }),
    label('release'),
    unlock_page(page),
    when(is_zero(isolated), [put_page(page)], [putback_lru_page(page)]),
    label('out'),
  ],
});
