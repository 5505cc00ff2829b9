import { go_to, when } from '../src/program/build.js';
import { pte_mksoft_dirty, pte_uffd_wp } from '../src/kernel/entry.js';
import { let_ } from '../src/kernel/range.js';
import { insert, type Edit } from '../src/program/model.js';
import { collectFlushesUnderLock, collectKeepsDirty } from './history/device-memory.js';
import { register } from './history/steps-of.js';
import { migrate_vma_insert_page } from './operations/migrate_vma_insert_page.js';

/** What v4.14 gets wrong in migrate_vma: the flush under the lock (60bae7370896) and the dirty bit (fd35ca3d12cc), v6.0. */

const { name } = migrate_vma_insert_page;
const SOFT_DIRTY =
  'a page that is put where none was is soft-dirty, as every new page; migrate_vma keeps no soft-dirty on purpose (follows no commit)';
const UFFD_WP =
  'the zero page is left alone if its writes are watched: the new entry has no mark (follows no commit)';

const fresh = register(migrate_vma_insert_page, 'fresh');

export const deviceMemoryRepairs: readonly Edit[] = [
  ...collectFlushesUnderLock,
  ...collectKeepsDirty,
  insert(name, 'before', { callee: 'set_pte_at' }, [let_(fresh, pte_mksoft_dirty(fresh))], SOFT_DIRTY),
  insert(
    name,
    'before',
    { callee: 'page_add_new_anon_rmap' },
    [when(pte_uffd_wp(register(migrate_vma_insert_page, 'entry')), [go_to('unlock')])],
    UFFD_WP,
  ),
];
