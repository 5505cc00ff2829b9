import { call, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { page_mapping_is } from '../../src/kernel/filemap.js';
import { page_mapped } from '../../src/kernel/rmap.js';
import { hpage_nr_pages } from '../../src/kernel/shmem.js';
import { check_mapping, delete_from_page_cache, page_index } from '../../src/kernel/truncate.js';
import { unmap_mapping_range } from './unmap_mapping_range.js';

/**
 * Takes the locked page out of its file; faults that had it locked before may have mapped it since the file was unmapped.
 * mm/truncate.c, v4.14, with truncate_complete_page. Left out: buffers.
 */
export const truncate_inode_page = operation({
  name: 'truncate_inode_page',
  from: 'mm/truncate.c',
  takes: ['page'],
  steps: ({ page }) => [
    when(page_mapped(page), [
      call(unmap_mapping_range, {
        index: page_index(page),
        count: hpage_nr_pages(page),
        details: check_mapping,
      }),
    ]),
    when(page_mapping_is(page), [delete_from_page_cache(page)]), // truncate_complete_page
  ],
});
