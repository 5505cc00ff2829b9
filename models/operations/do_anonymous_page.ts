import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, maybe_mkwrite, mk_pte, pte_none, SPECIAL } from '../../src/kernel/entry.js';
import { signal_bus } from '../../src/kernel/access.js';
import { clear_user_highpage } from '../../src/kernel/highmem.js';
import { alloc_page_vma, put_page } from '../../src/kernel/page.js';
import {
  pte_alloc,
  pte_get,
  pte_offset_map_lock,
  pte_unmap_unlock,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { unstable_address_space } from '../../src/kernel/oom.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap } from '../../src/kernel/rmap.js';

const ZERO_PAGE = number(0);

/**
 * First touch of an anonymous page: a read maps the zero page, a write a new page. mm/memory.c, v4.14.
 * Left out: missing pages of userfaultfd, memory cgroups.
 */
export const do_anonymous_page = operation({
  name: 'do_anonymous_page',
  from: 'mm/memory.c',
  takes: ['addr', 'write', 'vma'],
  gives: ['fault'],
  locals: ['page', 'pte', 'entry'],
  steps: ({ addr, write, vma, fault, page, pte, entry }) => [
    when(not(pte_alloc(addr)), [go_to('out')]), // a huge page was mapped meanwhile: retry
    when(is_zero(write), [
      pte_offset_map_lock(addr, pte),
      pte_get(pte, entry),
      when(unstable_address_space(addr), [let_(fault, signal_bus), pte_unmap_unlock(pte), go_to('out')]),
      when(pte_none(entry), [set_pte_at(addr, pte, mk_pte(ZERO_PAGE, SPECIAL))]),
      pte_unmap_unlock(pte),
      go_to('out'),
    ]),
    when(not(alloc_page_vma(page)), [let_(fault, signal_bus), go_to('out')]),
    clear_user_highpage(page),
    pte_offset_map_lock(addr, pte),
    pte_get(pte, entry),
    when(not(pte_none(entry)), [put_page(page), pte_unmap_unlock(pte), go_to('out')]),
    when(unstable_address_space(addr), [
      let_(fault, signal_bus),
      put_page(page),
      pte_unmap_unlock(pte),
      go_to('out'),
    ]),
    page_add_new_anon_rmap(page, addr),
    set_pte_at(addr, pte, maybe_mkwrite(mk_pte(page, DIRTY), vma)),
    pte_unmap_unlock(pte),
    label('out'),
  ],
});
