import { go_to, number, when } from '../../src/program/build.js';
import {
  page_try_dup_anon_rmap,
  page_try_share_anon_rmap,
  PageAnonExclusive,
  pte_swp_clear_exclusive,
  pte_swp_exclusive,
  pte_swp_mkexclusive,
  SetPageAnonExclusive,
  split_anon_exclusive,
} from '../../src/kernel/anon-exclusive.js';
import { make_migration_entry, swp_entry_to_pte } from '../../src/kernel/entry.js';
import { set_huge_pte_at } from '../../src/kernel/hugetlb.js';
import { make_read_migration_entry } from '../../src/kernel/migrate.js';
import { PageAnon } from '../../src/kernel/page.js';
import { ptep_clear_flush, ptep_get_and_clear, set_pte_at } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { page_dup_compound_rmap, page_dup_rmap } from '../../src/kernel/rmap.js';
import { page_swap_slot } from '../../src/kernel/swap.js';
import { drop, insert, type Edit } from '../../src/program/model.js';
import type { Arg } from '../../src/program/step.js';
import { __split_huge_pmd_locked } from '../operations/__split_huge_pmd_locked.js';
import { copy_huge_pmd } from '../operations/copy_huge_pmd.js';
import { copy_hugetlb_page_range } from '../operations/copy_hugetlb_page_range.js';
import { copy_one_pte } from '../operations/copy_one_pte.js';
import { hugetlb_cow } from '../operations/hugetlb_cow.js';
import { migrate_vma_collect } from '../operations/migrate_vma_collect.js';
import { remove_migration_pte } from '../operations/remove_migration_pte.js';
import { try_to_unmap_one } from '../operations/try_to_unmap_one.js';
import { write_protect_page } from '../operations/write_protect_page.js';
import { register } from './steps-of.js';

const BY_PTE = number(0);
const BY_PMD = number(1);

/** fork: the page is the child's too from here on, and so is what stands in its place. */
function forksPtes(): readonly Edit[] {
  const { name } = copy_one_pte;
  const [addr, src_pte, entry, page] = ['addr', 'src_pte', 'entry', 'page'].map((r) =>
    register(copy_one_pte, r),
  );
  return [
    insert(name, 'after', { callee: 'is_write_migration_entry' }, [
      when(pte_swp_exclusive(entry), [
        let_(entry, pte_swp_clear_exclusive(entry)),
        set_pte_at(addr, src_pte, entry),
      ]),
    ]),
    insert(name, 'before', { callee: 'is_write_device_private_entry' }, [
      page_try_dup_anon_rmap(page, BY_PTE),
    ]),
    drop(name, { callee: 'page_dup_rmap', nth: 1 }),
    insert(name, 'after', { callee: 'page_dup_rmap', nth: 2 }, [
      when(PageAnon(page), [page_try_dup_anon_rmap(page, BY_PTE)], [page_dup_rmap(page)]),
    ]),
    drop(name, { callee: 'page_dup_rmap', nth: 2 }),
  ];
}

function forksHugePages(): readonly Edit[] {
  const thp = register(copy_huge_pmd, 'page');
  const { name } = copy_hugetlb_page_range;
  const [addr, src_pte, entry, page] = ['addr', 'src_pte', 'entry', 'page'].map((r) =>
    register(copy_hugetlb_page_range, r),
  );
  return [
    insert(copy_huge_pmd.name, 'after', { callee: 'page_dup_compound_rmap' }, [
      page_try_dup_anon_rmap(thp, BY_PMD),
    ]),
    drop(copy_huge_pmd.name, { callee: 'page_dup_compound_rmap' }),
    insert(name, 'after', { callee: 'is_cow_mapping', branch: 'migration' }, [
      when(pte_swp_exclusive(entry), [
        let_(entry, pte_swp_clear_exclusive(entry)),
        set_huge_pte_at(addr, src_pte, entry), // set_huge_swap_pte_at
      ]),
    ]),
    insert(name, 'after', { callee: 'page_dup_compound_rmap' }, [
      when(PageAnon(page), [page_try_dup_anon_rmap(page, BY_PMD)], [page_dup_compound_rmap(page)]),
    ]),
    drop(name, { callee: 'page_dup_compound_rmap' }),
  ];
}

/** Migration to a device's memory, which takes the entry away without the rmap. */
function collects(): readonly Edit[] {
  const { name } = migrate_vma_collect;
  const [page, addr, pte, entry] = ['page', 'addr', 'pte', 'entry'].map((r) =>
    register(migrate_vma_collect, r),
  );
  const left = make_migration_entry(page, entry);
  const clear = { callee: 'ptep_get_and_clear' };
  return [
    insert(name, 'before', clear, [
      when(
        PageAnonExclusive(page),
        [ptep_clear_flush(addr, pte, entry)], // see page_try_share_anon_rmap: pins of GUP-fast
        [ptep_get_and_clear(addr, pte, entry)],
      ),
    ]),
    drop(name, clear),
    insert(name, 'after', { callee: 'set_pte_at' }, [
      when(
        PageAnonExclusive(page),
        [page_try_share_anon_rmap(page), set_pte_at(addr, pte, pte_swp_mkexclusive(left))],
        [set_pte_at(addr, pte, left)],
      ),
    ]),
    drop(name, { callee: 'set_pte_at' }),
  ];
}

/** Reclaim and migration: the entry that stands in the page's place remembers that the page was exclusive. */
function unmaps(): readonly Edit[] {
  const { name } = try_to_unmap_one;
  const [page, addr, pte, entry] = ['page', 'addr', 'pte', 'entry'].map((r) => register(try_to_unmap_one, r));
  const marked = (branch: string, left: Arg): readonly Edit[] => [
    insert(name, 'after', { callee: 'set_pte_at', branch }, [
      when(
        PageAnonExclusive(page),
        [page_try_share_anon_rmap(page), set_pte_at(addr, pte, pte_swp_mkexclusive(left))],
        [set_pte_at(addr, pte, left)],
      ),
    ]),
    drop(name, { callee: 'set_pte_at', branch }),
  ];
  return [
    ...marked('device-private', make_read_migration_entry(page, entry)),
    ...marked('migration', make_migration_entry(page, entry)),
    ...marked('swap', swp_entry_to_pte(page_swap_slot(page), entry)),
  ];
}

function migratesBack(): readonly Edit[] {
  const [page, was] = ['page', 'was'].map((r) => register(remove_migration_pte, r));
  return [
    insert(remove_migration_pte.name, 'after', { callee: 'PageAnon' }, [
      when(pte_swp_exclusive(was), [SetPageAnonExclusive(page)]), // RMAP_EXCLUSIVE
    ]),
  ];
}

function merges(): readonly Edit[] {
  const { name } = write_protect_page;
  const page = register(write_protect_page, 'page');
  return [
    insert(name, 'before', { callee: 'mm_tlb_flush_pending' }, [
      when(PageAnonExclusive(page), [go_to('downgrade')]),
    ]),
    insert(name, 'after', { callee: 'page_mapcount_plus_1_plus_swapped_is_page_count' }, [
      when(PageAnonExclusive(page), [page_try_share_anon_rmap(page)]),
    ]),
  ];
}

/** PG_anon_exclusive is kept: who clears it, and who hands it on. Who looks at it is told in cow-reuse. */
export const keepsAnonExclusive: readonly Edit[] = [
  ...forksPtes(),
  ...forksHugePages(),
  ...collects(),
  ...unmaps(),
  ...migratesBack(),
  ...merges(),
  insert(__split_huge_pmd_locked.name, 'after', { callee: 'set_pte_at_of_split' }, [
    split_anon_exclusive(
      register(__split_huge_pmd_locked, 'page'),
      register(__split_huge_pmd_locked, 'pgtable'),
    ),
  ]),
  insert(hugetlb_cow.name, 'before', { callee: 'huge_ptep_set_access_flags' }, [
    SetPageAnonExclusive(register(hugetlb_cow, 'old_page')), // page_move_anon_rmap
  ]),
];
