import { call, each, go_to, inside, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  can_split_huge_page,
  HPAGE_PMD_NR,
  release_split_page,
  split_frozen_page,
} from '../../src/kernel/huge.js';
import {
  anon_vma_rwsem,
  down_read,
  down_write,
  i_mmap_rwsem,
  up_read,
  up_write,
} from '../../src/kernel/locks.js';
import { page_mapping_is } from '../../src/kernel/filemap.js';
import { PageAnon } from '../../src/kernel/page.js';
import { page_index } from '../../src/kernel/truncate.js';
import { equal, is_zero, let_, next_page } from '../../src/kernel/range.js';
import { rmap_walk } from '../../src/kernel/rmap.js';
import { TTU_MIGRATION } from '../../src/kernel/vmscan.js';
import { __split_huge_pmd } from './__split_huge_pmd.js';
import { remove_migration_pte } from './remove_migration_pte.js';
import { try_to_unmap_one } from './try_to_unmap_one.js';

const ONE = number(1);
const ZERO = number(0);

/**
 * Makes base pages of the huge page whose head is `page`, wherever it is mapped; `split` is 1 if it could. The caller holds its lock and
 * a reference, which are those of the base page `keep` afterwards; a pin of somebody else's makes it fail, before or after it was
 * unmapped. mm/huge_memory.c, v4.14: split_huge_page_to_list, freeze_page, __split_huge_page, unfreeze_page.
 *
 * Of an anonymous page migration entries are left, which map the base pages afterwards; a page of tmpfs is unmapped, and faulted in
 * again. freeze_page splits the PMDs first and then takes the PTEs page by page; the C does both vma by vma. Left out: other files, the swap cache,
 * what lies beyond i_size, the LRU lists, mlock.
 */
export const split_huge_page_to_list = operation({
  name: 'split_huge_page_to_list',
  from: 'mm/huge_memory.c',
  takes: ['page', 'keep'],
  gives: ['split'],
  locals: ['cursor', 'addr', 'n', 'sub', 'stop', 'anon', 'lock', 'ttu_flags'],
  steps: ({ page, keep, split, cursor, addr, n, sub, stop, anon, lock, ttu_flags }) => [
    let_(split, ZERO),
    when(
      PageAnon(page),
      [let_(anon, ONE), let_(ttu_flags, TTU_MIGRATION)], // TTU_SPLIT_FREEZE
      [when(not(page_mapping_is(page)), [go_to('out')])], // truncated
    ),
    when(
      is_zero(anon),
      [let_(lock, i_mmap_rwsem(page_index(page))), down_read(lock)],
      [down_write(anon_vma_rwsem())],
    ),
    when(not(can_split_huge_page(page)), [go_to('out_unlock')]),
    inside('freeze_page', [
      // try_to_unmap_one, TTU_SPLIT_HUGE_PMD: split_huge_pmd_address
      each(rmap_walk(page, cursor, addr), [call(__split_huge_pmd, { addr, freeze: anon, page })]),
      each(next_page(page, HPAGE_PMD_NR, n, sub), [
        each(rmap_walk(sub, cursor, addr), [
          call(try_to_unmap_one, { page: sub, addr, flags: ttu_flags, stop }),
        ]),
      ]),
    ]),
    when(split_frozen_page(page), [let_(split, ONE)]),
    when(not(is_zero(anon)), [
      inside('unfreeze_page', [
        each(next_page(page, HPAGE_PMD_NR, n, sub), [
          each(rmap_walk(sub, cursor, addr), [call(remove_migration_pte, { page: sub, addr, old: sub })]),
        ]),
      ]),
    ]),
    when(not(is_zero(split)), [
      each(next_page(page, HPAGE_PMD_NR, n, sub), [when(not(equal(sub, keep)), [release_split_page(sub)])]),
    ]),
    label('out_unlock'),
    when(is_zero(anon), [up_read(lock)], [up_write(anon_vma_rwsem())]),
    label('out'),
  ],
});
