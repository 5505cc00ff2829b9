import { call, each } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_write, i_mmap_rwsem, up_write } from '../../src/kernel/locks.js';
import { let_ } from '../../src/kernel/range.js';
import { unmap_mapping_range_tree, vma_overlap } from '../../src/kernel/truncate.js';
import { zap_page_range_single } from './zap_page_range_single.js';

/**
 * Unmaps file pages [index, index + count) from every mm; `details` says whether private copies go too. No mmap_sem is
 * held: the rmap lock, for writing, keeps vmas and their page tables. mm/memory.c, v4.14.
 */
export const unmap_mapping_range = operation({
  name: 'unmap_mapping_range',
  from: 'mm/memory.c',
  takes: ['index', 'count', 'details'],
  locals: ['cursor', 'addr', 'pages'],
  steps: ({ index, count, details, cursor, addr, pages }) => [
    down_write(i_mmap_rwsem(index)),
    each(unmap_mapping_range_tree(index, count, cursor, addr), [
      let_(pages, vma_overlap(addr, index, count)),
      call(zap_page_range_single, { start: addr, count: pages, details }),
    ]),
    up_write(i_mmap_rwsem(index)),
  ],
});
