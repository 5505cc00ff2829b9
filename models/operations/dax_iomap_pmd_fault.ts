import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  dax_direct_access,
  dax_insert_mapping_entry,
  dax_pmd_fits,
  grab_pmd_entry,
  iomap_is_huge,
  put_locked_mapping_entry,
} from '../../src/kernel/dax.js';
import { pmd_table } from '../../src/kernel/entry.js';
import { down_read, up_read } from '../../src/kernel/locks.js';
import { pmd_peek } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { i_mmap_sem } from '../../src/kernel/truncate.js';
import { linear_page_index } from '../../src/kernel/vma.js';
import { vmf_insert_pfn_pmd } from './vmf_insert_pfn_pmd.js';

const ONE = number(1);

/**
 * A fault on a DAX mapping that a huge entry could serve: vm_ops->huge_fault. `fallback` is 1 when it cannot: the vma
 * is too small for one, the file has no such block there, or its tree has entries of single pages. fs/dax.c, v4.14. The
 * block is looked for before the entry is made, which leaves no empty entries of 4 pages behind.
 *
 * Left out: the huge zero page over a hole of 2 MB, private mappings, and split_huge_pmd on the way to the fallback: whoever made
 * the vma smaller has split the entry.
 */
export const dax_iomap_pmd_fault = operation({
  name: 'dax_iomap_pmd_fault',
  from: 'fs/dax.c',
  takes: ['haddr', 'write', 'vma'],
  gives: ['fallback'],
  locals: ['index', 'entry', 'pmd', 'pfn'],
  steps: ({ haddr, write, vma, fallback, index, entry, pmd, pfn }) => [
    when(not(dax_pmd_fits(haddr, vma)), [let_(fallback, ONE), go_to('out')]),
    let_(index, linear_page_index(haddr)),
    down_read(i_mmap_sem(index)), // ext4_dax_huge_fault
    when(not(iomap_is_huge(index)), [let_(fallback, ONE), go_to('unlock')]), // max_pgoff, IOMAP_MAPPED
    when(not(grab_pmd_entry(index, entry)), [let_(fallback, ONE), go_to('unlock')]),
    pmd_peek(haddr, pmd),
    when(not(pmd_table(pmd)), [
      let_(pfn, dax_direct_access(entry)), // dax_pmd_insert_mapping
      dax_insert_mapping_entry(entry, write),
      call(vmf_insert_pfn_pmd, { haddr, pfn, write, vma }),
    ]),
    put_locked_mapping_entry(entry),
    label('unlock'),
    up_read(i_mmap_sem(index)),
    label('out'),
  ],
});
