import { branch, call, flags, go_to, not, number, slot, when } from '../../src/program/build.js';
import { drop, insert, type Edit } from '../../src/program/model.js';
import type { Operation, Register } from '../../src/program/step.js';
import { DIRTY, pte_none, WRITE } from '../../src/kernel/entry.js';
import { tlb_flush_mmu_tlbonly, tlb_remove_tlb_entry } from '../../src/kernel/gather.js';
import {
  huge_ptep_get,
  huge_ptep_set_access_flags,
  hugetlb_i_mmap,
  mutex_lock,
  mutex_unlock,
} from '../../src/kernel/hugetlb.js';
import { hugetlb_fault_mutex_of_index } from '../../src/kernel/hugetlb-truncate.js';
import { PageHuge } from '../../src/kernel/hugetlb-migrate.js';
import {
  adjust_range_if_pmd_sharing_possible,
  huge_pmd_unshare,
  page_table_lock,
  pud_start,
  PUD_SIZE,
  spin_lock,
  spin_unlock,
} from '../../src/kernel/hugetlb-tables.js';
import { down_read, down_write_trylock, up_read, up_write } from '../../src/kernel/locks.js';
import { mmu_notifier_invalidate_range } from '../../src/kernel/notifier.js';
import { PageAnon } from '../../src/kernel/page.js';
import { rmap_rwsem } from '../../src/kernel/page-vma-mapped.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { is_cow_mapping, vma_shared } from '../../src/kernel/vma.js';
import { TTU_MIGRATION, TTU_RMAP_LOCKED } from '../../src/kernel/vmscan.js';
import type { Change } from '../history.js';
import { hugetlbCuts } from './hugetlb-cuts.js';
import { __unmap_hugepage_range } from '../operations/__unmap_hugepage_range.js';
import { hugetlb_cow } from '../operations/hugetlb_cow.js';
import { copy_hugetlb_page_range } from '../operations/copy_hugetlb_page_range.js';
import { huge_pte_alloc } from '../operations/huge_pte_alloc.js';
import { hugetlb_change_protection } from '../operations/hugetlb_change_protection.js';
import { hugetlb_fault } from '../operations/hugetlb_fault.js';
import { memory_failure_hugetlb } from '../operations/memory_failure_hugetlb.js';
import { remove_inode_hugepages } from '../operations/remove_inode_hugepages.js';
import { try_to_unmap } from '../operations/try_to_unmap.js';
import { try_to_unmap_one } from '../operations/try_to_unmap_one.js';
import { unmap_and_move_huge_page } from '../operations/unmap_and_move_huge_page.js';

/** How hugetlb learned to live with tables of PMDs that mms share. */

const ONE = number(1);

/** The registers of the operation with these names. */
function registers(of: Operation, ...names: readonly string[]): readonly Register[] {
  const all = [...of.takes, ...of.gives, ...of.locals];
  return names.map((name) => all.find((r) => r.name === name)!);
}

/** A shared table is given up when a page in it is unmapped; the bracket is over all that it may map. */
function unshareInRmap(): readonly Edit[] {
  const [page, addr, start, count, pte] = registers(
    try_to_unmap_one,
    ...['page', 'addr', 'start', 'count', 'pte'],
  );
  const { name } = try_to_unmap_one;
  return [
    insert(name, 'before', { callee: 'mmu_notifier_invalidate_range_start' }, [
      when(PageHuge(page), [adjust_range_if_pmd_sharing_possible(start, count, start, count)]),
    ]),
    insert(name, 'after', { callee: 'page_vma_mapped_walk' }, [
      when(PageHuge(page), [
        when(huge_pmd_unshare(addr, pte), [
          branch('unshare', [
            flush_tlb_range(start, count),
            slot('after-clear', mmu_notifier_invalidate_range(start, count)),
            go_to('unlock'),
          ]),
        ]),
      ]),
    ]),
  ];
}

/** Brackets and flushes are over all that the shared table may map. */
function widenRanges(): readonly Edit[] {
  const protect = hugetlb_change_protection;
  const [start, count, first, pages, flushStart, flushPages] = registers(
    protect,
    ...['start', 'count', 'first', 'pages', 'flush_start', 'flush_pages'],
  );
  const [from, length, unmapFirst, unmapPages] = registers(
    __unmap_hugepage_range,
    ...['start', 'count', 'first', 'pages'],
  );
  const bracket = { callee: 'mmu_notifier_invalidate_range_start' };
  return [
    insert(protect.name, 'before', bracket, [
      adjust_range_if_pmd_sharing_possible(start, count, first, pages),
    ]),
    insert(protect.name, 'after', { callee: 'mmu_notifier_invalidate_range', branch: 'unshare' }, [
      let_(flushStart, first), // shared_pmd
      let_(flushPages, pages),
    ]),
    insert(__unmap_hugepage_range.name, 'before', bracket, [
      adjust_range_if_pmd_sharing_possible(from, length, unmapFirst, unmapPages),
    ]),
  ];
}

/** A child's table that another mm shares holds the page already. */
function childMayHaveIt(): readonly Edit[] {
  const { name } = copy_hugetlb_page_range;
  const [dst, entry] = registers(copy_hugetlb_page_range, 'dst_pte', 'entry');
  return [
    insert(name, 'after', { callee: 'equal' }, [
      huge_ptep_get(dst, entry),
      when(not(pte_none(entry)), [go_to('next')]),
    ]),
    insert(name, 'after', { callee: 'huge_pte_lock', nth: 2 }, [
      huge_ptep_get(dst, entry),
      when(not(pte_none(entry)), [go_to('unlock')]),
    ]),
  ];
}

/** A hardware error unmaps the page with i_mmap_rwsem written, if it can be had: hugetlb_page_mapping_lock_write. */
function lockMappingOfFailure(): readonly Edit[] {
  const { name } = memory_failure_hugetlb;
  const [page] = registers(memory_failure_hugetlb, 'page');
  const mapping = rmap_rwsem(page);
  return [
    drop(name, { callee: 'try_to_unmap' }),
    insert(name, 'before', { callee: 'page_mapped', nth: 2 }, [
      when(
        PageAnon(page),
        [call(try_to_unmap, { page, flags: number(0) })],
        [
          when(down_write_trylock(mapping), [
            call(try_to_unmap, { page, flags: TTU_RMAP_LOCKED }),
            up_write(mapping),
          ]),
        ],
      ),
    ]),
  ];
}

/** i_mmap_rwsem keeps tables shared while a fault uses them: read by faults and fork, written by those who unshare. */
function holdMapping(): readonly Edit[] {
  const fault = hugetlb_fault;
  const [haddr, pte, fail] = registers(fault, 'haddr', 'pte', 'fault');
  const mapping = hugetlb_i_mmap(haddr);
  const move = unmap_and_move_huge_page;
  const [page, mapped, locked] = registers(move, 'page', 'was_mapped', 'locked');
  const copy = copy_hugetlb_page_range;
  const [start, vma] = registers(copy, 'start', 'vma');
  const remove = remove_inode_hugepages;
  const [at] = registers(remove, 'at');
  const both = flags(TTU_MIGRATION, TTU_RMAP_LOCKED);
  const release = { callee: 'mutex_unlock', nth: 1 };
  return [
    insert(fault.name, 'before', { callee: 'mutex_lock' }, [
      down_read(mapping),
      call(huge_pte_alloc, { addr: haddr, ptep: pte }),
      when(is_zero(pte), [up_read(mapping), let_(fail, number(2)), go_to('out')]),
    ]),
    insert(fault.name, 'after', release, [up_read(mapping)]),
    insert(fault.name, 'after', { ...release, nth: 2 }, [up_read(mapping)]),
    drop(fault.name, { callee: 'huge_pte_alloc' }),
    drop(fault.name, { callee: 'is_zero', nth: 2 }),
    drop(huge_pte_alloc.name, { callee: 'down_write' }),
    drop(huge_pte_alloc.name, { callee: 'up_write' }),
    insert(copy.name, 'before', { callee: 'for_each_pmd' }, [
      when(not(is_cow_mapping(vma)), [down_read(hugetlb_i_mmap(start))]),
    ]),
    insert(copy.name, 'after', { callee: 'for_each_pmd' }, [
      when(not(is_cow_mapping(vma)), [up_read(hugetlb_i_mmap(start))]),
    ]),
    drop(move.name, { callee: 'try_to_unmap' }),
    drop(move.name, { callee: 'let', nth: 2 }),
    insert(move.name, 'before', { callee: 'try_to_unmap' }, [
      when(
        PageAnon(page),
        [call(try_to_unmap, { page, flags: TTU_MIGRATION }), let_(mapped, ONE)],
        [
          // hugetlb_page_mapping_lock_write
          when(down_write_trylock(rmap_rwsem(page)), [
            let_(locked, ONE),
            call(try_to_unmap, { page, flags: both }),
            let_(mapped, ONE),
          ]),
        ],
      ),
    ]),
    ...lockMappingOfFailure(),
    // the mutex comes after i_mmap_rwsem
    insert(remove.name, 'before', { callee: 'down_write' }, [mutex_unlock(hugetlb_fault_mutex_of_index(at))]),
    insert(remove.name, 'after', { callee: 'down_write' }, [mutex_lock(hugetlb_fault_mutex_of_index(at))]),
    insert(move.name, 'before', { callee: 'unlock_page', nth: 1 }, [
      when(not(is_zero(locked)), [up_write(rmap_rwsem(page))]),
    ]),
  ];
}

/** The gather hears of a table that is given up, and flushes what it mapped before i_mmap_rwsem is dropped. */
function recordUnshared(): readonly Edit[] {
  const { name } = __unmap_hugepage_range;
  const [addr, force] = registers(__unmap_hugepage_range, 'addr', 'force_flush');
  return [
    insert(name, 'after', { callee: 'mmu_notifier_invalidate_range', branch: 'unshare' }, [
      tlb_remove_tlb_entry(pud_start(addr), PUD_SIZE), // tlb_flush_pmd_range
      let_(force, ONE),
    ]),
    insert(name, 'after', { callee: 'mmu_notifier_invalidate_range_end' }, [
      when(not(is_zero(force)), [tlb_flush_mmu_tlbonly()]),
    ]),
  ];
}

/** A table that is shared is put into the PUD entry under the lock under which one that is allocated is. */
function sharesUnderPageTableLock(): readonly Edit[] {
  const { name } = huge_pte_alloc;
  const [addr] = registers(huge_pte_alloc, 'addr');
  const lock = page_table_lock(addr);
  return [
    insert(name, 'before', { callee: 'huge_pte_lock' }, [spin_lock(lock)]),
    drop(name, { callee: 'huge_pte_lock' }),
    insert(name, 'after', { callee: 'spin_unlock' }, [spin_unlock(lock)]),
    drop(name, { callee: 'spin_unlock' }),
  ];
}

/** A shared mapping copies no page, whatever its entry allowed before: hugetlb_wp. */
function sharedStaysShared(): readonly Edit[] {
  const [addr, pte, vma] = registers(hugetlb_cow, 'addr', 'pte', 'vma');
  return [
    insert(hugetlb_cow.name, 'before', { callee: 'let', nth: 1 }, [
      // set_huge_ptep_writable
      when(vma_shared(vma), [huge_ptep_set_access_flags(addr, pte, flags(WRITE, DIRTY)), go_to('out')]),
    ]),
  ];
}

export const hugetlbChanges: readonly Change[] = [
  {
    since: '4.19',
    commit: '017b1660df89',
    about: 'unmapping a hugetlb page gives up tables that other mms share, whatever its map count says',
    edits: unshareInRmap(),
  },
  {
    since: '4.19',
    commit: 'dff11abe280b',
    about: 'brackets and flushes of hugetlb cover the PUD region whose table may be shared',
    edits: widenRanges(),
  },
  {
    since: '4.20',
    commit: '5e41540c8a0f',
    about: 'fork copies no entry into a table that the child shares with a third mm',
    edits: childMayHaveIt(),
  },
  {
    since: '5.7',
    commit: 'c0d0381ade79',
    about: 'i_mmap_rwsem is held across hugetlb faults and fork, and written by those who unshare',
    edits: holdMapping(),
  },
  {
    since: '5.16',
    commit: 'a4a118f2eead',
    about:
      'a table that unmapping gives up is recorded in the gather and flushed before i_mmap_rwsem is dropped',
    edits: recordUnshared(),
  },
  {
    since: '6.0',
    commit: '1d8d14641fd9',
    about:
      'a write fault on a read-only hugetlb entry of a shared mapping makes it writable and copies nothing',
    edits: sharedStaysShared(),
  },
  ...hugetlbCuts,
  {
    since: '6.5',
    commit: '349d1670008d',
    about: 'huge_pmd_share looks at the PUD entry and fills it under mm->page_table_lock, as pmd_alloc does',
    edits: sharesUnderPageTableLock(),
  },
];
