import { go_to, label, when } from '../src/program/build.js';
import { drop, insert, type Edit } from '../src/program/model.js';
import { mutex_unlock } from '../src/kernel/hugetlb.js';
import { hugetlb_fault_mutex_of_index } from '../src/kernel/hugetlb-truncate.js';
import { pud_start, PUD_SIZE } from '../src/kernel/hugetlb-tables.js';
import { unlock_page } from '../src/kernel/page.js';
import { page_mapped } from '../src/kernel/rmap.js';
import { flush_tlb_range } from '../src/kernel/tlb.js';
import { __unmap_hugepage_range } from './operations/__unmap_hugepage_range.js';
import { register } from './history/steps-of.js';
import { memory_failure_hugetlb } from './operations/memory_failure_hugetlb.js';
import { remove_inode_hugepages } from './operations/remove_inode_hugepages.js';
import { hugetlbChanges } from './history/hugetlb.js';

const MAPPED_UNDER_LOCK =
  'a hole punch looks at the map count once the page is locked: before, a migration that fails may map it again. No kernel read does so';

/** The page is unmapped again, and looked at again. */
function mappedUnderLock(): readonly Edit[] {
  const remove = remove_inode_hugepages;
  const mutex = hugetlb_fault_mutex_of_index(register(remove, 'at'));
  const page = register(remove, 'page');
  return [
    insert(remove.name, 'before', { callee: 'mutex_lock', nth: 1 }, [label('again')], MAPPED_UNDER_LOCK),
    insert(
      remove.name,
      'after',
      { callee: 'lock_page' },
      [when(page_mapped(page), [unlock_page(page), mutex_unlock(mutex), go_to('again')])],
      MAPPED_UNDER_LOCK,
    ),
  ];
}

const UPPER_LEVELS =
  'giving up a shared table flushes upper levels too, or CPUs that keep them (arm64) walk through it: c2ff4764e03e, after v6.19';

/** The gather's flush is one of leaf entries, since no table is freed; a range is flushed with its upper levels. */
const unsharedUpperLevels: readonly Edit[] = [
  insert(
    __unmap_hugepage_range.name,
    'after',
    { callee: 'mmu_notifier_invalidate_range', branch: 'unshare' },
    [flush_tlb_range(pud_start(register(__unmap_hugepage_range, 'addr')), PUD_SIZE)],
    UPPER_LEVELS,
  ),
];

/** What v4.14 gets wrong with PMD tables that mms share, as later kernels repaired it: every such change there is. */
const sharedTables: readonly Edit[] = hugetlbChanges.flatMap((change) =>
  change.edits.map((edit) =>
    edit.kind === 'drop' || edit.kind === 'insert'
      ? { ...edit, why: `${change.about}: ${change.commit}, v${change.since ?? ''}` }
      : edit,
  ),
);

const STAYS =
  'a page with a hardware error stays in its file: a hole punch that has looked it up takes it out a second time, and who has no entry of it reads zeros: 8625147cafaa, v6.1';

export const hugetlbRepairs: readonly Edit[] = [
  ...sharedTables,
  ...unsharedUpperLevels,
  ...mappedUnderLock(),
  drop(memory_failure_hugetlb.name, { callee: 'hugetlbfs_error_remove_page' }, STAYS),
];
