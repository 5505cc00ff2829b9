import { call, each, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_read, up_read } from '../../src/kernel/locks.js';
import { rmap_rwsem } from '../../src/kernel/page-vma-mapped.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { rmap_walk } from '../../src/kernel/rmap.js';
import { remove_migration_pte } from './remove_migration_pte.js';

/** Replaces every migration entry of `old` by a mapping of `page`; `locked`: the caller holds the rmap lock. mm/migrate.c, v4.14. */
export const remove_migration_ptes = operation({
  name: 'remove_migration_ptes',
  from: 'mm/migrate.c',
  takes: ['old', 'page', 'locked'],
  locals: ['lock', 'cursor', 'addr'],
  steps: ({ old, page, locked, lock, cursor, addr }) => [
    let_(lock, rmap_rwsem(page)),
    when(is_zero(locked), [down_read(lock)]), // rmap_walk, or rmap_walk_locked
    each(rmap_walk(page, cursor, addr), [call(remove_migration_pte, { page, addr, old })]),
    when(is_zero(locked), [up_read(lock)]),
  ],
});
