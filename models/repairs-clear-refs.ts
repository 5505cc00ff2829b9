import { when } from '../src/program/build.js';
import { insert, type Edit } from '../src/program/model.js';
import {
  is_write_device_private_entry,
  is_write_migration_entry,
  make_migration_entry_read,
  pte_clear_soft_dirty,
} from '../src/kernel/entry.js';
import { make_device_private_entry_read } from '../src/kernel/migrate.js';
import { set_pte_at } from '../src/kernel/pgtable.js';
import { let_ } from '../src/kernel/range.js';
import { clear_refs_pte_range } from './operations/clear_refs_pte_range.js';

/** What v4.14 gets wrong when it clears soft-dirty bits. */

const READ_ONLY =
  'a migration or device-private entry whose soft-dirty bit is cleared loses the write permission, or its page comes back writable and hardware marks it dirty alone. No kernel read does so';

const [entry, place, at] = ['entry', 'place', 'at'].map(
  (name) => clear_refs_pte_range.locals.filter((r) => r.name === name)[0],
);

export const clearRefsRepairs: readonly Edit[] = [
  insert(
    clear_refs_pte_range.name,
    'before',
    { callee: 'is_migration_entry' },
    [
      when(is_write_migration_entry(entry), [let_(entry, make_migration_entry_read(entry))]),
      when(is_write_device_private_entry(entry), [
        set_pte_at(at, place, make_device_private_entry_read(pte_clear_soft_dirty(entry))),
      ]),
    ],
    READ_ONLY,
  ),
];
