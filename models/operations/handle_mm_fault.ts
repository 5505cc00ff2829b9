import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  DIRTY,
  pmd_trans_huge,
  pte_none,
  pte_present,
  pte_protnone,
  pte_write,
} from '../../src/kernel/entry.js';
import { pmd_start } from '../../src/kernel/gather.js';
import {
  pmd_peek,
  pte_offset_map_lock,
  pte_peek,
  pte_same,
  pte_unmap_unlock,
  ptep_set_access_flags,
} from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { is_vm_hugetlb_page, vma_anonymous, vma_hugepage, vma_is_dax } from '../../src/kernel/vma.js';
import { dax_iomap_pmd_fault } from './dax_iomap_pmd_fault.js';
import { do_anonymous_page } from './do_anonymous_page.js';
import { do_fault } from './do_fault.js';
import { do_huge_pmd_anonymous_page } from './do_huge_pmd_anonymous_page.js';
import { do_huge_pmd_wp_page } from './do_huge_pmd_wp_page.js';
import { do_huge_pmd_numa_page } from './do_huge_pmd_numa_page.js';
import { do_numa_page } from './do_numa_page.js';
import { do_swap_page } from './do_swap_page.js';
import { do_wp_page } from './do_wp_page.js';
import { hugetlb_fault } from './hugetlb_fault.js';
import { huge_pmd_set_accessed } from './huge_pmd_set_accessed.js';
import { split_huge_pmd } from './split_huge_pmd.js';

const ONE = number(1);

/**
 * The page fault of CPUs and of devices through their driver: __handle_mm_fault and handle_pte_fault.
 * mm/memory.c, v4.14. mmap_sem is held for reading. `fault` is 0 when the access is to be tried again.
 *
 * Left out: the accessed bit, PUD-sized pages.
 */
export const handle_mm_fault = operation({
  name: 'handle_mm_fault',
  from: 'mm/memory.c',
  takes: ['addr', 'write', 'vma'],
  gives: ['fault'],
  locals: ['orig_pmd', 'haddr', 'fallback', 'orig_pte', 'pte'],
  steps: ({ addr, write, vma, fault, orig_pmd, haddr, fallback, orig_pte, pte }) => [
    when(is_vm_hugetlb_page(vma), [call(hugetlb_fault, { addr, write, vma, fault }), go_to('out')]),
    pmd_peek(addr, orig_pmd), // __handle_mm_fault
    when(
      pte_none(orig_pmd),
      [
        when(vma_is_dax(vma), [
          let_(haddr, pmd_start(addr)),
          call(dax_iomap_pmd_fault, { haddr, write, vma, fallback }), // create_huge_pmd
          when(is_zero(fallback), [go_to('out')]),
        ]),
        when(vma_anonymous(vma), [
          when(vma_hugepage(vma), [
            call(do_huge_pmd_anonymous_page, { addr, write, vma, fallback }),
            when(is_zero(fallback), [go_to('out')]),
          ]),
        ]),
      ],
      [
        when(pmd_trans_huge(orig_pmd), [
          let_(haddr, pmd_start(addr)),
          when(pte_protnone(orig_pmd), [call(do_huge_pmd_numa_page, { haddr, orig_pmd, vma }), go_to('out')]),
          when(not(is_zero(write)), [
            when(not(pte_write(orig_pmd)), [
              when(
                vma_is_dax(vma), // wp_huge_pmd
                [call(dax_iomap_pmd_fault, { haddr, write, vma, fallback })],
                [
                  when(
                    vma_anonymous(vma),
                    [call(do_huge_pmd_wp_page, { haddr, orig_pmd, vma, fallback })],
                    [call(split_huge_pmd, { addr: haddr }), let_(fallback, ONE)],
                  ),
                ],
              ),
              when(is_zero(fallback), [go_to('out')]),
              go_to('handle_pte_fault'),
            ]),
          ]),
          call(huge_pmd_set_accessed, { haddr, orig_pmd, write }),
          go_to('out'),
        ]),
      ],
    ),
    label('handle_pte_fault'),
    pte_peek(addr, orig_pte),
    when(pte_none(orig_pte), [
      when(
        vma_anonymous(vma),
        [call(do_anonymous_page, { addr, write, vma, fault })],
        [call(do_fault, { addr, write, vma, fault })],
      ),
      go_to('out'),
    ]),
    when(not(pte_present(orig_pte)), [
      call(do_swap_page, { addr, orig_pte, write, vma, fault }),
      go_to('out'),
    ]),
    when(pte_protnone(orig_pte), [call(do_numa_page, { addr, orig_pte }), go_to('out')]),
    pte_offset_map_lock(addr, pte),
    when(not(pte_same(pte, orig_pte)), [pte_unmap_unlock(pte), go_to('out')]),
    when(not(is_zero(write)), [
      when(not(pte_write(orig_pte)), [call(do_wp_page, { addr, pte, orig_pte, vma, fault }), go_to('out')]),
      ptep_set_access_flags(addr, pte, DIRTY),
    ]),
    pte_unmap_unlock(pte),
    label('out'),
  ],
});
