import { not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY } from '../../src/kernel/entry.js';
import { pmdp_set_access_flags } from '../../src/kernel/huge.js';
import { pmd_lock, pmd_same, pmd_unlock } from '../../src/kernel/pgtable.js';
import { is_zero } from '../../src/kernel/range.js';

/** A fault on a huge entry that allows the access, or is just being changed. mm/huge_memory.c, v4.14. */
export const huge_pmd_set_accessed = operation({
  name: 'huge_pmd_set_accessed',
  from: 'mm/huge_memory.c',
  takes: ['haddr', 'orig_pmd', 'write'],
  locals: ['pmd'],
  steps: ({ haddr, orig_pmd, write, pmd }) => [
    pmd_lock(haddr, pmd),
    when(pmd_same(pmd, orig_pmd), [when(not(is_zero(write)), [pmdp_set_access_flags(haddr, pmd, DIRTY)])]),
    pmd_unlock(pmd),
  ],
});
