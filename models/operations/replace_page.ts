import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mk_pte, READ_ONLY } from '../../src/kernel/entry.js';
import { EFAULT } from '../../src/kernel/ksm.js';
import { get_page, put_page } from '../../src/kernel/page.js';
import {
  pmd_none_or_trans_huge,
  pte_offset_map_lock,
  pte_same,
  pte_unmap_unlock,
  ptep_clear_flush_notify,
} from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { page_add_anon_rmap, page_mapped, page_remove_rmap } from '../../src/kernel/rmap.js';
import { try_to_free_swap } from '../../src/kernel/swap.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';
import { set_pte_at_notify } from './set_pte_at_notify.js';

const PAGE = number(1);
const OK = number(0);

/**
 * The entry of `addr`, which must still be `orig_pte`, maps the KSM page `kpage` instead of `page`. Both have been
 * found equal, and nobody can write either. mm/ksm.c, v4.14. Left out: the zero page as `kpage`.
 */
export const replace_page = operation({
  name: 'replace_page',
  from: 'mm/ksm.c',
  takes: ['addr', 'page', 'kpage', 'orig_pte'],
  gives: ['err'],
  locals: ['pte', 'entry'],
  steps: ({ addr, page, kpage, orig_pte, err, pte, entry }) => [
    let_(err, EFAULT),
    when(pmd_none_or_trans_huge(addr), [go_to('out')]), // mm_find_pmd
    mmu_notifier_invalidate_range_start(addr, PAGE),
    pte_offset_map_lock(addr, pte),
    when(not(pte_same(pte, orig_pte)), [pte_unmap_unlock(pte), go_to('out_mn')]),
    get_page(kpage),
    page_add_anon_rmap(kpage, addr),
    ptep_clear_flush_notify(addr, pte, entry),
    set_pte_at_notify(addr, pte, mk_pte(kpage, READ_ONLY)),
    page_remove_rmap(page),
    when(not(page_mapped(page)), [when(try_to_free_swap(page), [])]),
    put_page(page),
    pte_unmap_unlock(pte),
    let_(err, OK),
    label('out_mn'),
    mmu_notifier_invalidate_range_end(addr, PAGE),
    label('out'),
  ],
});
