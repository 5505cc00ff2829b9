import { call, go_to, label, mutedSlot, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { choose, well_placed } from '../../src/kernel/choice.js';
import { entry_target, pte_clear_protnone } from '../../src/kernel/entry.js';
import { mm_tlb_flush_pending } from '../../src/kernel/gather.js';
import { HPAGE_PMD_NR } from '../../src/kernel/huge.js';
import { wait_on_page_locked } from '../../src/kernel/hugetlb.js';
import { anon_vma_rwsem, down_read, up_read } from '../../src/kernel/locks.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { get_page, PageLocked, put_page, trylock_page, unlock_page } from '../../src/kernel/page.js';
import { pmd_lock, pmd_same, pmd_unlock, set_pmd_at } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { migrate_misplaced_transhuge_page } from './migrate_misplaced_transhuge_page.js';

/**
 * A NUMA hinting fault on a huge page. mm/huge_memory.c, v4.14. The entry stays inaccessible until the page has moved.
 *
 * v4.14 flushes the CPUs if the hint's own flush may still be under way, and leaves the secondary TLBs to the hint's
 * range_end; v4.20 notifies after that flush. Left out: statistics, a page whose anon_vma has gone.
 */
export const do_huge_pmd_numa_page = operation({
  name: 'do_huge_pmd_numa_page',
  from: 'mm/huge_memory.c',
  takes: ['haddr', 'orig_pmd', 'vma'],
  locals: ['pmd', 'page'],
  steps: ({ haddr, orig_pmd, vma, pmd, page }) => [
    pmd_lock(haddr, pmd),
    when(not(pmd_same(pmd, orig_pmd)), [go_to('out_unlock')]),
    let_(page, entry_target(orig_pmd)),
    when(PageLocked(page), [go_to('migrating')]), // pmd_trans_migrating
    when(not(trylock_page(page)), [
      label('migrating'),
      get_page(page),
      pmd_unlock(pmd),
      wait_on_page_locked(page),
      put_page(page),
      go_to('out'),
    ]),
    when(choose(well_placed), [go_to('clear_pmdnuma')]),
    get_page(page),
    pmd_unlock(pmd),
    down_read(anon_vma_rwsem()), // page_lock_anon_vma_read: against splits
    pmd_lock(haddr, pmd),
    when(not(pmd_same(pmd, orig_pmd)), [
      unlock_page(page),
      put_page(page),
      pmd_unlock(pmd),
      up_read(anon_vma_rwsem()),
      go_to('out'),
    ]),
    when(mm_tlb_flush_pending(haddr), [
      flush_tlb_range(haddr, HPAGE_PMD_NR),
      mutedSlot('after-flush', mmu_notifier_invalidate_range(haddr, HPAGE_PMD_NR)),
    ]),
    pmd_unlock(pmd),
    call(migrate_misplaced_transhuge_page, { haddr, entry: orig_pmd, page, vma }),
    up_read(anon_vma_rwsem()),
    go_to('out'),
    label('clear_pmdnuma'),
    set_pmd_at(haddr, pmd, pte_clear_protnone(orig_pmd)),
    unlock_page(page),
    label('out_unlock'),
    pmd_unlock(pmd),
    label('out'),
  ],
});
