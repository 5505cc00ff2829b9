import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { signal_bus } from '../../src/kernel/access.js';
import {
  dax_direct_access,
  dax_insert_mapping_entry,
  dax_insert_zero_entry,
  dax_is_zero_entry,
  grab_mapping_entry,
  iomap_allocate,
  iomap_mapped,
  put_locked_mapping_entry,
} from '../../src/kernel/dax.js';
import { pmd_trans_huge } from '../../src/kernel/entry.js';
import { down_read, up_read } from '../../src/kernel/locks.js';
import { pmd_peek } from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { beyond_i_size, check_mapping, i_mmap_sem } from '../../src/kernel/truncate.js';
import { linear_page_index } from '../../src/kernel/vma.js';
import { insert_pfn } from './insert_pfn.js';
import { unmap_mapping_range } from './unmap_mapping_range.js';

const READ = number(0);
const ZERO_PAGE = number(0);
const PAGE = number(1);

/**
 * A fault on a page of a DAX file: vm_ops->fault, and pfn_mkwrite of ext4 and xfs, which run it again; ext4_dax_huge_fault
 * keeps out whoever takes pages out of the file. A read of a hole maps the zero page; the write that gives it a block
 * unmaps the zero page from every mm first. `fault` is 0 when the access is to be tried again. fs/dax.c, v4.14.
 *
 * Left out: private mappings, the journal.
 */
export const dax_iomap_pte_fault = operation({
  name: 'dax_iomap_pte_fault',
  from: 'fs/dax.c',
  takes: ['addr', 'write', 'vma'],
  gives: ['fault'],
  locals: ['index', 'entry', 'pmd', 'pfn'],
  steps: ({ addr, write, vma, fault, index, entry, pmd, pfn }) => [
    let_(index, linear_page_index(addr)),
    down_read(i_mmap_sem(index)),
    when(beyond_i_size(index), [let_(fault, signal_bus), go_to('out')]),
    grab_mapping_entry(index, entry),
    pmd_peek(addr, pmd),
    when(pmd_trans_huge(pmd), [go_to('unlock_entry')]),
    when(not(iomap_mapped(index)), [
      when(is_zero(write), [
        dax_insert_zero_entry(entry), // dax_load_hole
        call(insert_pfn, { addr, pfn: ZERO_PAGE, mkwrite: READ, vma }),
        go_to('unlock_entry'),
      ]),
      when(not(iomap_allocate(index)), [let_(fault, signal_bus), go_to('unlock_entry')]),
    ]),
    let_(pfn, dax_direct_access(index)), // dax_insert_mapping
    when(dax_is_zero_entry(entry), [
      call(unmap_mapping_range, { index, count: PAGE, details: check_mapping }), // dax_insert_mapping_entry
    ]),
    dax_insert_mapping_entry(entry, write),
    call(insert_pfn, { addr, pfn, mkwrite: write, vma }),
    label('unlock_entry'),
    put_locked_mapping_entry(entry),
    label('out'),
    up_read(i_mmap_sem(index)),
  ],
});
