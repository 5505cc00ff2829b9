import { call, inside, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { copy_huge_page, migrate_huge_page_move_mapping } from '../../src/kernel/hugetlb-migrate.js';
import { lock_page, unlock_page } from '../../src/kernel/page.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import { TTU_MIGRATION } from '../../src/kernel/vmscan.js';
import { remove_migration_ptes } from './remove_migration_ptes.js';
import { try_to_unmap } from './try_to_unmap.js';

const ONE = number(1);
const NO = number(0);

/**
 * Moves the contents and the mappings of the isolated hugetlb `page` to `newpage`; `moved` is 1 if it could. One try, in
 * MIGRATE_SYNC mode. mm/migrate.c, v4.14, with hugetlbfs_migrate_page of fs/hugetlbfs/inode.c.
 *
 * v4.14 asks page_mapped, which counts a table that several mms share once: the mappings of the other mms stay in their
 * TLBs. Left out: architectures without migration of huge pages, the cgroup's accounting.
 */
export const unmap_and_move_huge_page = operation({
  name: 'unmap_and_move_huge_page',
  from: 'mm/migrate.c',
  takes: ['page', 'newpage'],
  gives: ['moved'],
  locals: ['was_mapped', 'locked'],
  steps: ({ page, newpage, moved, was_mapped, locked }) => [
    let_(locked, NO),
    lock_page(page),
    lock_page(newpage), // trylock_page: nobody else knows it
    when(page_mapped(page), [call(try_to_unmap, { page, flags: TTU_MIGRATION }), let_(was_mapped, ONE)]),
    when(not(page_mapped(page)), [
      inside(
        'hugetlbfs_migrate_page',
        [
          when(migrate_huge_page_move_mapping(newpage, page), [
            copy_huge_page(newpage, page),
            let_(moved, ONE),
          ]),
        ],
        'fs/hugetlbfs/inode.c',
      ),
    ]),
    when(equal(was_mapped, ONE), [
      when(
        equal(moved, ONE),
        [call(remove_migration_ptes, { old: page, page: newpage, locked })],
        [call(remove_migration_ptes, { old: page, page, locked })],
      ),
    ]),
    unlock_page(newpage),
    unlock_page(page),
  ],
});
