import { call, each } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_read, up_read } from '../../src/kernel/locks.js';
import { rmap_rwsem } from '../../src/kernel/page-vma-mapped.js';
import { let_ } from '../../src/kernel/range.js';
import { rmap_walk } from '../../src/kernel/rmap.js';
import { remove_migration_pte } from './remove_migration_pte.js';

/** Replaces every migration entry of `old` by a mapping of `page`. mm/migrate.c, v4.14. */
export const remove_migration_ptes = operation({
  name: 'remove_migration_ptes',
  from: 'mm/migrate.c',
  takes: ['old', 'page'],
  locals: ['lock', 'cursor', 'addr'],
  steps: ({ old, page, lock, cursor, addr }) => [
    let_(lock, rmap_rwsem(page)),
    down_read(lock),
    each(rmap_walk(page, cursor, addr), [call(remove_migration_pte, { page, addr, old })]),
    up_read(lock),
  ],
});
