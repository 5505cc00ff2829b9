import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  dax_direct_access,
  dax_insert_mapping_entry,
  dax_pmd_fits,
  grab_pmd_entry,
  put_locked_mapping_entry,
} from '../../src/kernel/dax.js';
import { pmd_table } from '../../src/kernel/entry.js';
import { pmd_peek } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { linear_page_index } from '../../src/kernel/vma.js';
import { vmf_insert_pfn_pmd } from './vmf_insert_pfn_pmd.js';

const ONE = number(1);

/**
 * A fault on a DAX mapping that a huge entry could serve: vm_ops->huge_fault. `fallback` is 1 when it cannot: the vma
 * is too small for one, or the file's tree has entries of single pages. fs/dax.c, v4.14.
 *
 * Left out: holes and the huge zero page, private mappings, and split_huge_pmd on the way to the fallback: whoever made
 * the vma smaller has split the entry.
 */
export const dax_iomap_pmd_fault = operation({
  name: 'dax_iomap_pmd_fault',
  from: 'fs/dax.c',
  takes: ['haddr', 'write', 'vma'],
  gives: ['fallback'],
  locals: ['entry', 'pmd', 'pfn'],
  steps: ({ haddr, write, vma, fallback, entry, pmd, pfn }) => [
    when(not(dax_pmd_fits(haddr, vma)), [let_(fallback, ONE), go_to('out')]),
    when(not(grab_pmd_entry(linear_page_index(haddr), entry)), [let_(fallback, ONE), go_to('out')]),
    pmd_peek(haddr, pmd),
    when(not(pmd_table(pmd)), [
      let_(pfn, dax_direct_access(entry)), // dax_pmd_insert_mapping
      dax_insert_mapping_entry(entry, write),
      call(vmf_insert_pfn_pmd, { haddr, pfn, write, vma }),
    ]),
    put_locked_mapping_entry(entry),
    label('out'),
  ],
});
