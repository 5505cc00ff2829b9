import { call, each, go_to, inside, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  can_split_huge_page,
  HPAGE_PMD_NR,
  release_split_page,
  split_frozen_page,
} from '../../src/kernel/huge.js';
import { anon_vma_rwsem, down_write, up_write } from '../../src/kernel/locks.js';
import { equal, is_zero, let_, next_page } from '../../src/kernel/range.js';
import { rmap_walk } from '../../src/kernel/rmap.js';
import { TTU_MIGRATION } from '../../src/kernel/vmscan.js';
import { __split_huge_pmd } from './__split_huge_pmd.js';
import { remove_migration_pte } from './remove_migration_pte.js';
import { try_to_unmap_one } from './try_to_unmap_one.js';

const ONE = number(1);

/**
 * Makes base pages of the huge page whose head is `page`, wherever it is mapped. The caller holds its lock and a
 * reference, which are those of the base page `keep` afterwards; a pin of somebody
 * else's makes it fail, before or after it was unmapped. mm/huge_memory.c, v4.14: split_huge_page_to_list, freeze_page,
 * __split_huge_page, unfreeze_page.
 *
 * freeze_page splits the PMDs first and then takes the PTEs page by page; the C does both vma by vma. Left out: pages of
 * files and of the swap cache, the LRU lists, mlock.
 */
export const split_huge_page_to_list = operation({
  name: 'split_huge_page_to_list',
  from: 'mm/huge_memory.c',
  takes: ['page', 'keep'],
  locals: ['cursor', 'addr', 'n', 'sub', 'stop', 'split'],
  steps: ({ page, keep, cursor, addr, n, sub, stop, split }) => [
    down_write(anon_vma_rwsem()),
    when(not(can_split_huge_page(page)), [go_to('out')]),
    inside('freeze_page', [
      // try_to_unmap_one, TTU_SPLIT_HUGE_PMD: split_huge_pmd_address
      each(rmap_walk(page, cursor, addr), [call(__split_huge_pmd, { addr, freeze: ONE, page })]),
      each(next_page(page, HPAGE_PMD_NR, n, sub), [
        each(rmap_walk(sub, cursor, addr), [
          call(try_to_unmap_one, { page: sub, addr, flags: TTU_MIGRATION, stop }), // TTU_SPLIT_FREEZE
        ]),
      ]),
    ]),
    when(split_frozen_page(page), [let_(split, ONE)]),
    inside('unfreeze_page', [
      each(next_page(page, HPAGE_PMD_NR, n, sub), [
        each(rmap_walk(sub, cursor, addr), [call(remove_migration_pte, { page: sub, addr, old: sub })]),
      ]),
    ]),
    when(not(is_zero(split)), [
      each(next_page(page, HPAGE_PMD_NR, n, sub), [when(not(equal(sub, keep)), [release_split_page(sub)])]),
    ]),
    label('out'),
    up_write(anon_vma_rwsem()),
  ],
});
