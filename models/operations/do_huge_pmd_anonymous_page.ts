import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, maybe_mkwrite, mk_huge_pmd, pte_none, READ_ONLY } from '../../src/kernel/entry.js';
import { pmd_start } from '../../src/kernel/gather.js';
import { clear_huge_page, HUGE_ZERO_PAGE, pmdp_get, transhuge_vma_suitable } from '../../src/kernel/huge.js';
import { alloc_huge_page, put_page } from '../../src/kernel/page.js';
import { pmd_lock, pmd_unlock, set_pmd_at } from '../../src/kernel/pgtable.js';
import { unstable_address_space } from '../../src/kernel/oom.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap } from '../../src/kernel/rmap.js';

const ONE = number(1);

/**
 * First touch where a huge page fits: a read maps the huge zero page, a write a new huge page (set_huge_zero_page,
 * __do_huge_pmd_anonymous_page). mm/huge_memory.c, v4.14. `fallback`: base pages are to be used.
 *
 * Left out: missing pages of userfaultfd, memory cgroups, khugepaged_enter, the mm's pin of the huge zero page.
 */
export const do_huge_pmd_anonymous_page = operation({
  name: 'do_huge_pmd_anonymous_page',
  from: 'mm/huge_memory.c',
  takes: ['addr', 'write', 'vma'],
  gives: ['fallback'],
  locals: ['haddr', 'page', 'pmd', 'entry'],
  steps: ({ addr, write, vma, fallback, haddr, page, pmd, entry }) => [
    when(not(transhuge_vma_suitable(addr)), [let_(fallback, ONE), go_to('out')]),
    let_(haddr, pmd_start(addr)),
    when(is_zero(write), [
      pmd_lock(haddr, pmd),
      pmdp_get(pmd, entry),
      when(unstable_address_space(addr), [pmd_unlock(pmd), let_(fallback, ONE), go_to('out')]), // SIGBUS, from the base page
      when(pte_none(entry), [set_pmd_at(haddr, pmd, mk_huge_pmd(HUGE_ZERO_PAGE, READ_ONLY))]),
      pmd_unlock(pmd),
      go_to('out'),
    ]),
    when(not(alloc_huge_page(page)), [let_(fallback, ONE), go_to('out')]),
    clear_huge_page(page),
    pmd_lock(haddr, pmd),
    pmdp_get(pmd, entry),
    when(not(pte_none(entry)), [pmd_unlock(pmd), put_page(page), go_to('out')]),
    when(unstable_address_space(addr), [pmd_unlock(pmd), put_page(page), let_(fallback, ONE), go_to('out')]),
    page_add_new_anon_rmap(page, haddr),
    set_pmd_at(haddr, pmd, maybe_mkwrite(mk_huge_pmd(page, DIRTY), vma)),
    pmd_unlock(pmd),
    label('out'),
  ],
});
