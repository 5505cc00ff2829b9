import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mk_pte, READ_ONLY } from '../../src/kernel/entry.js';
import { page_vma_mapped_walk, PVMW_NONE } from '../../src/kernel/page-vma-mapped.js';
import { get_page, lock_page, put_page, unlock_page } from '../../src/kernel/page.js';
import { pte_unmap_unlock, ptep_clear_flush_notify } from '../../src/kernel/pgtable.js';
import { promise_contents } from '../../src/kernel/promise.js';
import { let_ } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap, page_mapped, page_remove_rmap } from '../../src/kernel/rmap.js';
import { try_to_free_swap } from '../../src/kernel/swap.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';
import { set_pte_at_notify } from './set_pte_at_notify.js';

const PAGE = number(1);
const OK = number(0);
const EAGAIN = number(1);

/**
 * The entry of `addr` maps `new_page`, whose contents differ by purpose, instead of `old_page`. The caller holds a
 * reference of both. kernel/events/uprobes.c, v4.14. Left out: memory cgroups, counters, mlock.
 */
export const __replace_page = operation({
  name: '__replace_page',
  from: 'kernel/events/uprobes.c',
  takes: ['addr', 'old_page', 'new_page'],
  gives: ['err'],
  locals: ['pte', 'entry'],
  steps: ({ addr, old_page, new_page, err, pte, entry }) => [
    let_(err, EAGAIN),
    lock_page(old_page),
    mmu_notifier_invalidate_range_start(addr, PAGE),
    when(not(page_vma_mapped_walk(old_page, addr, PVMW_NONE, pte)), [go_to('unlock')]),
    get_page(new_page),
    page_add_new_anon_rmap(new_page, addr),
    ptep_clear_flush_notify(addr, pte, entry),
    promise_contents(addr, new_page),
    set_pte_at_notify(addr, pte, mk_pte(new_page, READ_ONLY)),
    page_remove_rmap(old_page),
    when(not(page_mapped(old_page)), [when(try_to_free_swap(old_page), [])]),
    pte_unmap_unlock(pte),
    put_page(old_page), // the mapping's reference
    let_(err, OK),
    label('unlock'),
    mmu_notifier_invalidate_range_end(addr, PAGE),
    unlock_page(old_page),
  ],
});
