import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pmd_trans_huge, pte_dirty, pte_mkdirty, pte_wrprotect } from '../../src/kernel/entry.js';
import { pmdp_get, pmdp_invalidate } from '../../src/kernel/huge.js';
import { pmd_lock, pmd_unlock, set_pmd_at } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';

const ONE = number(1);

/**
 * Gives a whole huge PMD entry the page protection of its private vma, which never has the write permission. `done` is
 * left 0 when the PMD maps no huge page any more. mm/huge_memory.c, v4.14. Left out: PMD migration
 * entries (a huge page is migrated by its PTEs here), NUMA hinting, the accessed bit.
 */
export const change_huge_pmd = operation({
  name: 'change_huge_pmd',
  from: 'mm/huge_memory.c',
  takes: ['addr'],
  gives: ['changed', 'done'],
  locals: ['pmd', 'entry', 'now'],
  steps: ({ addr, changed, done, pmd, entry, now }) => [
    pmd_lock(addr, pmd), // __pmd_trans_huge_lock
    pmdp_get(pmd, entry),
    when(not(pmd_trans_huge(entry)), [go_to('out')]),
    pmdp_invalidate(addr, pmd, now),
    pmdp_get(pmd, now),
    when(pte_dirty(now), [let_(entry, pte_mkdirty(entry))]), // "relies on pmdp_invalidate to not corrupt" the dirty bit
    set_pmd_at(addr, pmd, pte_wrprotect(entry)), // pmd_modify
    let_(changed, ONE),
    let_(done, ONE),
    label('out'),
    pmd_unlock(pmd),
  ],
});
