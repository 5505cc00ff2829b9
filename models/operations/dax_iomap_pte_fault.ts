import { call, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  dax_direct_access,
  dax_insert_mapping_entry,
  grab_mapping_entry,
  put_locked_mapping_entry,
} from '../../src/kernel/dax.js';
import { pmd_trans_huge } from '../../src/kernel/entry.js';
import { pmd_peek } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { linear_page_index } from '../../src/kernel/vma.js';
import { insert_pfn } from './insert_pfn.js';

/**
 * A fault on a page of a DAX file: vm_ops->fault, and pfn_mkwrite of ext4 and xfs, which run it again. fs/dax.c, v4.14.
 *
 * Left out: holes and their zero page, the end of the file, private mappings, what the file system's iomap_begin does.
 */
export const dax_iomap_pte_fault = operation({
  name: 'dax_iomap_pte_fault',
  from: 'fs/dax.c',
  takes: ['addr', 'write', 'vma'],
  locals: ['entry', 'pmd', 'pfn'],
  steps: ({ addr, write, vma, entry, pmd, pfn }) => [
    grab_mapping_entry(linear_page_index(addr), entry),
    pmd_peek(addr, pmd),
    when(not(pmd_trans_huge(pmd)), [
      let_(pfn, dax_direct_access(linear_page_index(addr))), // dax_insert_mapping
      dax_insert_mapping_entry(entry, write),
      call(insert_pfn, { addr, pfn, mkwrite: write, vma }),
    ]),
    put_locked_mapping_entry(entry),
  ],
});
