import { go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { pte_dirty, pte_mkclean, pte_write, pte_wrprotect } from '../../src/kernel/entry.js';
import { mm_tlb_flush_pending } from '../../src/kernel/gather.js';
import { EFAULT, page_count_explained } from '../../src/kernel/ksm.js';
import { page_vma_mapped_walk, PVMW_NONE } from '../../src/kernel/page-vma-mapped.js';
import { set_page_dirty } from '../../src/kernel/page.js';
import { pte_get, pte_unmap_unlock, ptep_clear_flush_notify, set_pte_at } from '../../src/kernel/pgtable.js';
import { promise_entry } from '../../src/kernel/promise.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';
import { set_pte_at_notify } from './set_pte_at_notify.js';

const PAGE = number(1);
const OK = number(0);

/**
 * KSM write-protects the page, which it has locked and holds a reference of, at `addr`: when this returns 0 nobody can
 * write it through the entry, which is `orig_pte` then. mm/ksm.c, v4.14. Left out: NUMA hinting (savedwrite).
 */
export const write_protect_page = operation({
  name: 'write_protect_page',
  from: 'mm/ksm.c',
  takes: ['addr', 'page'],
  gives: ['orig_pte', 'err'],
  locals: ['pte', 'entry'],
  steps: ({ addr, page, orig_pte, err, pte, entry }) => [
    let_(err, EFAULT),
    mmu_notifier_invalidate_range_start(addr, PAGE),
    when(not(page_vma_mapped_walk(page, addr, PVMW_NONE, pte)), [go_to('out_mn')]),
    pte_get(pte, entry),
    when(pte_write(entry), [go_to('downgrade')]),
    when(pte_dirty(entry), [go_to('downgrade')]),
    when(not(mm_tlb_flush_pending(addr)), [go_to('is_protected')]),
    label('downgrade'),
    ptep_clear_flush_notify(addr, pte, entry),
    // somebody reads from or writes to the page without the entry (get_user_pages)
    when(not(page_count_explained(page)), [set_pte_at(addr, pte, entry), go_to('out_unlock')]),
    when(pte_dirty(entry), [set_page_dirty(page)]),
    set_pte_at_notify(addr, pte, pte_mkclean(pte_wrprotect(entry))),
    label('is_protected'),
    pte_get(pte, orig_pte),
    let_(err, OK),
    label('out_unlock'),
    pte_unmap_unlock(pte),
    label('out_mn'),
    mmu_notifier_invalidate_range_end(addr, PAGE),
    when(is_zero(err), [promise_entry(addr)]),
  ],
});
