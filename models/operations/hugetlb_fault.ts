import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { signal_bus } from '../../src/kernel/access.js';
import {
  DIRTY,
  entry_target,
  is_hwpoison_entry,
  is_migration_entry,
  pte_none,
  pte_present,
  pte_write,
} from '../../src/kernel/entry.js';
import { pmd_start } from '../../src/kernel/gather.js';
import {
  huge_ptep_get,
  huge_ptep_set_access_flags,
  hugetlb_fault_mutex,
  mutex_lock,
  mutex_unlock,
  wait_on_page_locked,
} from '../../src/kernel/hugetlb.js';
import { migration_entry_wait_huge } from '../../src/kernel/hugetlb-migrate.js';
import { huge_pte_lock, huge_pte_unlock, huge_pte_offset } from '../../src/kernel/hugetlb-tables.js';
import { get_page, put_page, trylock_page, unlock_page } from '../../src/kernel/page.js';
import { pte_same } from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { huge_pte_alloc } from './huge_pte_alloc.js';
import { hugetlb_cow } from './hugetlb_cow.js';
import { hugetlb_no_page } from './hugetlb_no_page.js';

/**
 * A fault on a hugetlb mapping; mmap_sem is held for reading. mm/hugetlb.c, v4.14. The place of the entry is looked up
 * once: when another thread unshares the table meanwhile, it is a place in somebody else's table.
 *
 * Left out: reservations, and with them the page-cache page that a private mapping may be about to copy.
 */
export const hugetlb_fault = operation({
  name: 'hugetlb_fault',
  from: 'mm/hugetlb.c',
  takes: ['addr', 'write', 'vma'],
  gives: ['fault'],
  locals: ['haddr', 'pte', 'entry', 'page'],
  steps: ({ addr, write, vma, fault, haddr, pte, entry, page }) => [
    let_(haddr, pmd_start(addr)),
    huge_pte_offset(haddr, pte),
    when(
      is_zero(pte),
      [
        call(huge_pte_alloc, { addr: haddr, ptep: pte }),
        when(is_zero(pte), [let_(fault, signal_bus), go_to('out')]), // VM_FAULT_OOM
      ],
      [
        huge_ptep_get(pte, entry),
        when(is_migration_entry(entry), [migration_entry_wait_huge(pte, entry), go_to('out')]),
        when(is_hwpoison_entry(entry), [let_(fault, signal_bus), go_to('out')]), // VM_FAULT_HWPOISON_LARGE
      ],
    ),
    mutex_lock(hugetlb_fault_mutex(haddr)),
    huge_ptep_get(pte, entry),
    when(pte_none(entry), [
      call(hugetlb_no_page, { addr: haddr, pte, write, vma, fault }),
      go_to('out_mutex'),
    ]),
    when(not(pte_present(entry)), [go_to('out_mutex')]),
    huge_pte_lock(haddr, pte),
    when(not(pte_same(pte, entry)), [go_to('out_ptl')]),
    let_(page, entry_target(entry)),
    when(not(trylock_page(page)), [
      huge_pte_unlock(pte),
      mutex_unlock(hugetlb_fault_mutex(haddr)),
      wait_on_page_locked(page), // need_wait_lock: without a reference
      go_to('out'),
    ]),
    get_page(page),
    when(not(is_zero(write)), [
      when(
        pte_write(entry),
        [huge_ptep_set_access_flags(haddr, pte, DIRTY)],
        [call(hugetlb_cow, { addr: haddr, pte, vma, fault })],
      ),
    ]),
    unlock_page(page),
    put_page(page),
    label('out_ptl'),
    huge_pte_unlock(pte),
    label('out_mutex'),
    mutex_unlock(hugetlb_fault_mutex(haddr)),
    label('out'),
  ],
});
