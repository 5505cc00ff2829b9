import { call, go_to, inside, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { copy_highpage, migrate_page_move_mapping, page_has_mapping } from '../../src/kernel/migrate.js';
import { lock_page, PageFlag, PG_writeback, trylock_page, unlock_page } from '../../src/kernel/page.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import { wait_on_page_writeback } from '../../src/kernel/swap.js';
import { TTU_MIGRATION } from '../../src/kernel/vmscan.js';
import { remove_migration_ptes } from './remove_migration_ptes.js';
import { try_to_unmap } from './try_to_unmap.js';

const ONE = number(1);

/** The rmap lock is not held yet. */
const UNLOCKED = number(0);

/**
 * Moves the contents and the mappings of the isolated `page` to `newpage`; `moved` is 1 if it could. mm/migrate.c, v4.14:
 * __unmap_and_move, move_to_new_page, migrate_page.
 *
 * One try (the C makes ten). Left out: compound and hugetlb pages, buffer heads, file systems without migratepage.
 */
export const unmap_and_move = operation({
  name: '__unmap_and_move',
  from: 'mm/migrate.c',
  takes: ['page', 'newpage'],
  gives: ['moved'],
  locals: ['was_mapped'],
  steps: ({ page, newpage, moved, was_mapped }) => [
    when(not(trylock_page(page)), [go_to('out')]),
    when(PageFlag(page, PG_writeback), [wait_on_page_writeback(page)]), // MIGRATE_SYNC
    when(not(page_has_mapping(page)), [go_to('out_unlock')]), // truncated
    lock_page(newpage), // trylock_page: nobody else knows it
    when(page_mapped(page), [call(try_to_unmap, { page, flags: TTU_MIGRATION }), let_(was_mapped, ONE)]),
    when(not(page_mapped(page)), [
      inside('migrate_page', [
        when(migrate_page_move_mapping(newpage, page), [copy_highpage(newpage, page), let_(moved, ONE)]),
      ]),
    ]),
    when(equal(was_mapped, ONE), [
      when(
        equal(moved, ONE),
        [call(remove_migration_ptes, { old: page, page: newpage, locked: UNLOCKED })],
        [call(remove_migration_ptes, { old: page, page, locked: UNLOCKED })],
      ),
    ]),
    unlock_page(newpage),
    label('out_unlock'),
    unlock_page(page),
    label('out'),
  ],
});
