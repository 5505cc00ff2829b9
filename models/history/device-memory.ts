import { go_to, number, when } from '../../src/program/build.js';
import { pte_dirty } from '../../src/kernel/entry.js';
import { unstable_address_space } from '../../src/kernel/oom.js';
import { set_page_dirty } from '../../src/kernel/page.js';
import { equal } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { drop, insert, mute, type Edit } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { migrate_vma_collect } from '../operations/migrate_vma_collect.js';
import { migrate_vma_insert_page } from '../operations/migrate_vma_insert_page.js';
import { register } from './steps-of.js';

const { name } = migrate_vma_collect;
const [addr, page, entry, unmapped] = ['addr', 'page', 'entry', 'unmapped'].map((r) =>
  register(migrate_vma_collect, r),
);
const ONE = number(1);

/** The CPUs are flushed before the page-table lock is dropped. */
export const collectFlushesUnderLock: readonly Edit[] = [
  insert(name, 'before', { callee: 'pte_unmap_unlock' }, [
    when(equal(unmapped, ONE), [flush_tlb_range(addr, ONE)]),
  ]),
  drop(name, { callee: 'flush_tlb_range' }),
];

/** What the entry knows of the page being written goes to the page. */
export const collectKeepsDirty: readonly Edit[] = [
  insert(name, 'after', { callee: 'ptep_get_and_clear' }, [when(pte_dirty(entry), [set_page_dirty(page)])]),
];

/** Nothing is put into an mm that the oom reaper has emptied. */
export const insertionChecksMm: readonly Edit[] = [
  insert(migrate_vma_insert_page.name, 'after', { callee: 'pte_offset_map_lock' }, [
    when(unstable_address_space(register(migrate_vma_insert_page, 'addr')), [go_to('unlock')]),
  ]),
];

/** migrate_vma: anonymous pages that go to a device's private memory and come back. */
export const deviceMemory: readonly Change[] = [
  {
    since: '4.15',
    commit: '4645b9fe84bf',
    about: 'migrate_vma_pages ends with range_only_end: its insertions have notified under the lock',
    edits: [mute(migrate_vma_insert_page.name, 'range-end')],
  },
  {
    since: '5.6', // posted in January 2020, the patch after c23a0c99793f; in v5.10 by patches of November 2020
    commit: 'unknown',
    about: 'migrate_vma_insert_page puts nothing into an mm that the oom reaper has been at',
    edits: insertionChecksMm,
  },
  {
    since: '5.15',
    commit: '60bae7370896',
    about:
      'migrate_vma_collect flushes the CPUs before it drops the lock; v6.0, and v5.15.72 (v5.15 was read from v5.15.85)',
    edits: collectFlushesUnderLock,
  },
  {
    since: '6.0', // v5.19.13 has it too, v5.15.72 took the flush alone
    commit: 'fd35ca3d12cc',
    about: 'migrate_vma_collect takes the dirty bit of the entry to the page',
    edits: collectKeepsDirty,
  },
];
