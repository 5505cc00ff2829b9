import { operation } from '../../src/program/operation.js';
import { pfn_t_pmd } from '../../src/kernel/dax.js';
import { pmdp_get } from '../../src/kernel/huge.js';
import { pmd_lock, pmd_unlock, set_pmd_at } from '../../src/kernel/pgtable.js';

/**
 * Maps a pfn by a huge PMD entry: vmf_insert_pfn_pmd and insert_pfn_pmd of mm/huge_memory.c, v4.14, which look at
 * nothing that is there before. Left out: the deposited table of some architectures.
 */
export const vmf_insert_pfn_pmd = operation({
  name: 'vmf_insert_pfn_pmd',
  from: 'mm/huge_memory.c',
  takes: ['haddr', 'pfn', 'write', 'vma'],
  locals: ['pmd', 'entry'],
  steps: ({ haddr, pfn, write, vma, pmd, entry }) => [
    pmd_lock(haddr, pmd),
    pmdp_get(pmd, entry),
    set_pmd_at(haddr, pmd, pfn_t_pmd(pfn, write, vma)),
    pmd_unlock(pmd),
  ],
});
