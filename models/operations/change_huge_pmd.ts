import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  entry_target,
  pmd_trans_huge,
  pte_dirty,
  pte_mk_protnone,
  pte_mkdirty,
  pte_mkwrite,
  pte_protnone,
  pte_wrprotect,
} from '../../src/kernel/entry.js';
import { pmdp_get, pmdp_invalidate } from '../../src/kernel/huge.js';
import { MM_CP_PROT_NUMA } from '../../src/kernel/mprotect.js';
import { page_is_zero } from '../../src/kernel/page.js';
import { pmd_lock, pmd_unlock, set_pmd_at } from '../../src/kernel/pgtable.js';
import { has, let_ } from '../../src/kernel/range.js';
import { prot_writable } from '../../src/kernel/shmem.js';

const ONE = number(1);

/**
 * Gives a whole huge PMD entry the page protection of its vma, which has the write permission in shared
 * mappings of tmpfs alone. `done` is left 0 when the PMD maps no huge page any more. mm/huge_memory.c, v4.14. Left out: PMD migration
 * entries (a huge page is migrated by its PTEs here), the accessed bit. A NUMA hint leaves the huge zero page alone.
 */
export const change_huge_pmd = operation({
  name: 'change_huge_pmd',
  from: 'mm/huge_memory.c',
  takes: ['addr', 'cp_flags'],
  gives: ['changed', 'done'],
  locals: ['pmd', 'entry', 'now'],
  steps: ({ addr, cp_flags, changed, done, pmd, entry, now }) => [
    pmd_lock(addr, pmd), // __pmd_trans_huge_lock
    pmdp_get(pmd, entry),
    when(not(pmd_trans_huge(entry)), [go_to('out')]),
    when(has(cp_flags, MM_CP_PROT_NUMA), [
      when(page_is_zero(entry_target(entry)), [go_to('unchanged')]),
      when(pte_protnone(entry), [go_to('unchanged')]),
    ]),
    pmdp_invalidate(addr, pmd, now),
    pmdp_get(pmd, now),
    when(pte_dirty(now), [let_(entry, pte_mkdirty(entry))]), // "relies on pmdp_invalidate to not corrupt" the dirty bit
    when(
      has(cp_flags, MM_CP_PROT_NUMA),
      [let_(entry, pte_mk_protnone(entry))],
      [
        let_(entry, pte_wrprotect(entry)), // pmd_modify
        when(prot_writable(addr), [let_(entry, pte_mkwrite(entry))]),
      ],
    ),
    set_pmd_at(addr, pmd, entry),
    let_(changed, ONE),
    label('unchanged'),
    let_(done, ONE),
    label('out'),
    pmd_unlock(pmd),
  ],
});
