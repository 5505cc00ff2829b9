import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, maybe_mkwrite, mk_pte, pte_none } from '../../src/kernel/entry.js';
import { PageTransHuge } from '../../src/kernel/page.js';
import {
  pmd_peek,
  pte_alloc,
  pte_get,
  pte_offset_map_lock,
  pte_unmap_unlock,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { page_dup_rmap } from '../../src/kernel/rmap.js';
import { vm_page_prot } from '../../src/kernel/shmem.js';
import { do_set_pmd } from './do_set_pmd.js';

const ONE = number(1);
const ZERO = number(0);

/**
 * Maps the locked page of a shared file at `addr`, as a huge page if it is one and the PMD is none; `mapped` is 0 when somebody
 * else did, or there is no table. mm/memory.c, v4.14, with pte_alloc_one_map. Left out: private mappings (do_fault has theirs).
 */
export const alloc_set_pte = operation({
  name: 'alloc_set_pte',
  from: 'mm/memory.c',
  takes: ['addr', 'page', 'write', 'vma'],
  gives: ['mapped'],
  locals: ['pmd', 'pte', 'entry'],
  steps: ({ addr, page, write, vma, mapped, pmd, pte, entry }) => [
    let_(mapped, ZERO),
    pmd_peek(addr, pmd),
    when(pte_none(pmd), [
      when(PageTransHuge(page), [
        call(do_set_pmd, { addr, page, write, vma, mapped }),
        when(not(is_zero(mapped)), [go_to('out')]),
      ]),
    ]),
    when(not(pte_alloc(addr)), [go_to('out')]),
    pte_offset_map_lock(addr, pte),
    pte_get(pte, entry),
    when(pte_none(entry), [
      page_dup_rmap(page), // page_add_file_rmap
      when(
        is_zero(write),
        [set_pte_at(addr, pte, mk_pte(page, vm_page_prot(vma)))],
        [set_pte_at(addr, pte, maybe_mkwrite(mk_pte(page, DIRTY), vma))],
      ),
      let_(mapped, ONE),
    ]),
    pte_unmap_unlock(pte),
    label('out'),
  ],
});
