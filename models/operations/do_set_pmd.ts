import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, maybe_mkwrite, mk_huge_pmd, pte_none } from '../../src/kernel/entry.js';
import { pmd_start } from '../../src/kernel/gather.js';
import { pmdp_get } from '../../src/kernel/huge.js';
import { compound_head } from '../../src/kernel/page.js';
import { pmd_lock, pmd_unlock, set_pmd_at } from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { page_dup_compound_rmap } from '../../src/kernel/rmap.js';
import { file_pmd_suitable, vm_page_prot } from '../../src/kernel/shmem.js';

const ONE = number(1);

/**
 * Maps the huge page of a file, of which `page` is a part, by a PMD that is none; `mapped` is 1 if it could. The caller holds
 * the page's lock and a reference, which becomes the mapping's. mm/memory.c, v4.14. Left out: the deposited table of some
 * architectures, counters.
 */
export const do_set_pmd = operation({
  name: 'do_set_pmd',
  from: 'mm/memory.c',
  takes: ['addr', 'page', 'write', 'vma'],
  gives: ['mapped'],
  locals: ['haddr', 'head', 'pmd', 'entry'],
  steps: ({ addr, page, write, vma, mapped, haddr, head, pmd, entry }) => [
    when(not(file_pmd_suitable(addr)), [go_to('fallback')]),
    let_(haddr, pmd_start(addr)),
    let_(head, compound_head(page)),
    pmd_lock(haddr, pmd),
    pmdp_get(pmd, entry),
    when(not(pte_none(entry)), [go_to('out')]),
    page_dup_compound_rmap(head), // page_add_file_rmap
    when(
      is_zero(write),
      [set_pmd_at(haddr, pmd, mk_huge_pmd(head, vm_page_prot(vma)))],
      [set_pmd_at(haddr, pmd, maybe_mkwrite(mk_huge_pmd(head, DIRTY), vma))],
    ),
    let_(mapped, ONE),
    label('out'),
    pmd_unlock(pmd),
    label('fallback'),
  ],
});
