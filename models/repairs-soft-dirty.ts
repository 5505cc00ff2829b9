import { make_migration_entry_read, pte_clear_soft_dirty } from '../src/kernel/entry.js';
import { set_pte_at } from '../src/kernel/pgtable.js';
import { drop, insert, type Edit } from '../src/program/model.js';
import type { Register } from '../src/program/step.js';
import { clear_refs_pte_range } from './operations/clear_refs_pte_range.js';

const WHY =
  'a migration entry that loses its soft-dirty bit loses the write permission too, or the page is writable without a mark once it has moved; no commit known, it follows what change_pte_range does';

function register(name: string): Register {
  const { takes, locals } = clear_refs_pte_range;
  const [found] = [...takes, ...locals].filter((r) => r.name === name);
  return found;
}

/** What clear_refs leaves out in v4.14. */
export const softDirtyRepairs: readonly Edit[] = [
  insert(
    clear_refs_pte_range.name,
    'after',
    { callee: 'set_pte_at', nth: 3 },
    [
      set_pte_at(
        register('at'),
        register('place'),
        make_migration_entry_read(pte_clear_soft_dirty(register('entry'))),
      ),
    ],
    WHY,
  ),
  drop(clear_refs_pte_range.name, { callee: 'set_pte_at', nth: 3 }, WHY),
];
