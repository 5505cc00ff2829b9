import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { entry_target, pmd_trans_huge } from '../../src/kernel/entry.js';
import { pmd_start } from '../../src/kernel/gather.js';
import { HPAGE_PMD_NR, pmdp_get } from '../../src/kernel/huge.js';
import { pmd_lock, pmd_unlock } from '../../src/kernel/pgtable.js';
import { equal, is_zero, let_ } from '../../src/kernel/range.js';
import { __split_huge_pmd_locked } from './__split_huge_pmd_locked.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/**
 * Splits the huge PMD entry that maps `addr`, if there still is one. `freeze` leaves migration entries behind; `page`,
 * unless 0, is the page that the entry must map. mmap_sem is held, or the rmap lock with the page lock.
 * mm/huge_memory.c, v4.14. Left out: mlock.
 */
export const __split_huge_pmd = operation({
  name: '__split_huge_pmd',
  from: 'mm/huge_memory.c',
  takes: ['addr', 'freeze', 'page'],
  locals: ['haddr', 'pmd', 'entry'],
  steps: ({ addr, freeze, page, haddr, pmd, entry }) => [
    let_(haddr, pmd_start(addr)),
    mmu_notifier_invalidate_range_start(haddr, HPAGE_PMD_NR),
    pmd_lock(haddr, pmd),
    pmdp_get(pmd, entry),
    when(not(pmd_trans_huge(entry)), [go_to('out')]),
    when(not(is_zero(page)), [when(not(equal(page, entry_target(entry))), [go_to('out')])]),
    call(__split_huge_pmd_locked, { haddr, pmd, freeze }),
    label('out'),
    pmd_unlock(pmd),
    mmu_notifier_invalidate_range_end(haddr, HPAGE_PMD_NR),
  ],
});
