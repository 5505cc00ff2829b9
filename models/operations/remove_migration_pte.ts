import { flags as flagsOf, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { is_write_migration_entry, maybe_mkwrite, mk_pte, READ_ONLY } from '../../src/kernel/entry.js';
import { make_hugetlb_entry } from '../../src/kernel/hugetlb-migrate.js';
import { keep_soft_dirty, make_device_private_entry } from '../../src/kernel/migrate.js';
import { get_page, PageAnon, PageFlag, PG_device_private } from '../../src/kernel/page.js';
import {
  page_vma_mapped_walk,
  PVMW_MIGRATION,
  PVMW_SYNC,
  rmap_vma,
} from '../../src/kernel/page-vma-mapped.js';
import { pte_get, pte_unmap_unlock, set_pte_at } from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { page_add_anon_rmap, page_dup_rmap } from '../../src/kernel/rmap.js';

const PVMW = flagsOf(PVMW_SYNC, PVMW_MIGRATION);

/**
 * Maps `page` where the migration entry of `old` stands: `page` is the copy, or `old` itself when the migration failed.
 * Nothing is notified: the entry was not present. mm/migrate.c, v4.14. Left out: huge pages other than hugetlb, mlock.
 */
export const remove_migration_pte = operation({
  name: 'remove_migration_pte',
  from: 'mm/migrate.c',
  takes: ['page', 'addr', 'old'],
  locals: ['pte', 'was', 'entry'],
  steps: ({ page, addr, old, pte, was, entry }) => [
    when(not(page_vma_mapped_walk(old, addr, PVMW, pte)), [go_to('out')]),
    get_page(page),
    pte_get(pte, was),
    let_(entry, keep_soft_dirty(mk_pte(page, READ_ONLY), was)),
    when(is_write_migration_entry(was), [let_(entry, maybe_mkwrite(entry, rmap_vma(addr)))]),
    when(PageFlag(page, PG_device_private), [let_(entry, make_device_private_entry(page, was))]),
    let_(entry, make_hugetlb_entry(entry, page, rmap_vma(addr))),
    set_pte_at(addr, pte, entry),
    when(PageAnon(page), [page_add_anon_rmap(page, addr)], [page_dup_rmap(page)]),
    pte_unmap_unlock(pte),
    label('out'),
  ],
});
