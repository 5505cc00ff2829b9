import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { DIRTY, maybe_mkwrite, mk_huge_pmd } from '../../src/kernel/entry.js';
import {
  clear_huge_page,
  HPAGE_PMD_NR,
  pmd_populate,
  transhuge_vma_suitable,
} from '../../src/kernel/huge.js';
import {
  mm_find_pmd,
  pgtable_lock,
  pgtable_trans_huge_deposit,
  pgtable_unlock,
  pmdp_collapse_flush,
} from '../../src/kernel/khugepaged.js';
import { anon_vma_rwsem, down_write, mmap_sem, up_read, up_write } from '../../src/kernel/locks.js';
import { alloc_huge_page, put_page } from '../../src/kernel/page.js';
import { pmd_lock, pmd_unlock, set_pmd_at } from '../../src/kernel/pgtable.js';
import { is_zero } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap } from '../../src/kernel/rmap.js';
import { find_vma, vma_anonymous } from '../../src/kernel/vma.js';
import { __collapse_huge_page_copy } from './__collapse_huge_page_copy.js';
import { __collapse_huge_page_isolate } from './__collapse_huge_page_isolate.js';
import { mmu_notifier_invalidate_range_end } from './mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './mmu_notifier_invalidate_range_start.js';

/**
 * Base pages of a PMD become one huge page. Entered with mmap_sem held for reading, returns without it.
 * mm/khugepaged.c, v4.14. Nothing is notified after the range is ended: mmap_sem keeps the PMD none until it is huge.
 *
 * Left out: memory cgroups, swap-in of missing pages, the accessed bit, counters.
 */
export const collapse_huge_page = operation({
  name: 'collapse_huge_page',
  from: 'mm/khugepaged.c',
  takes: ['haddr'],
  locals: ['new_page', 'vma', 'pmd', 'pgtable', 'isolated'],
  steps: ({ haddr, new_page, vma, pmd, pgtable, isolated }) => [
    up_read(mmap_sem(haddr)),
    when(not(alloc_huge_page(new_page)), [go_to('out_nolock')]),
    clear_huge_page(new_page), // __collapse_huge_page_copy clears what it does not copy
    down_write(mmap_sem(haddr)),
    when(not(find_vma(haddr, vma)), [go_to('out')]), // hugepage_vma_revalidate
    when(not(vma_anonymous(vma)), [go_to('out')]),
    when(not(transhuge_vma_suitable(haddr)), [go_to('out')]),
    when(not(mm_find_pmd(haddr)), [go_to('out')]),
    down_write(anon_vma_rwsem()),
    mmu_notifier_invalidate_range_start(haddr, HPAGE_PMD_NR),
    pmd_lock(haddr, pmd),
    pmdp_collapse_flush(haddr, pmd, pgtable),
    pmd_unlock(pmd),
    mmu_notifier_invalidate_range_end(haddr, HPAGE_PMD_NR),
    pgtable_lock(pgtable),
    call(__collapse_huge_page_isolate, { haddr, pgtable, isolated }),
    pgtable_unlock(pgtable),
    when(is_zero(isolated), [
      pmd_lock(haddr, pmd),
      pmd_populate(haddr, pmd, pgtable),
      pmd_unlock(pmd),
      up_write(anon_vma_rwsem()),
      go_to('out'),
    ]),
    up_write(anon_vma_rwsem()),
    call(__collapse_huge_page_copy, { haddr, pgtable, new_page }),
    pmd_lock(haddr, pmd),
    page_add_new_anon_rmap(new_page, haddr),
    set_pmd_at(haddr, pmd, maybe_mkwrite(mk_huge_pmd(new_page, DIRTY), vma)),
    pgtable_trans_huge_deposit(pgtable), // the C does it before; nobody looks between
    pmd_unlock(pmd),
    up_write(mmap_sem(haddr)),
    go_to('out_nolock'),
    label('out'),
    up_write(mmap_sem(haddr)),
    put_page(new_page),
    label('out_nolock'),
  ],
});
