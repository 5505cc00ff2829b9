import { call, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import {
  dax_flush,
  lock_towrite_entry,
  put_locked_mapping_entry,
  PAGECACHE_TAG_DIRTY,
  PAGECACHE_TAG_TOWRITE,
  radix_tree_tag_clear,
} from '../../src/kernel/dax.js';
import { dax_mapping_entry_mkclean } from './dax_mapping_entry_mkclean.js';

/**
 * Writes one entry back: nobody may write its pages any more, then the CPU caches go to the medium, then it is clean.
 * Write faults wait for the entry's lock. fs/dax.c, v4.14. An entry that is gone has no tags.
 */
export const dax_writeback_one = operation({
  name: 'dax_writeback_one',
  from: 'fs/dax.c',
  takes: ['entry'],
  steps: ({ entry }) => [
    when(lock_towrite_entry(entry), [
      radix_tree_tag_clear(entry, PAGECACHE_TAG_TOWRITE), // in the same hold of tree_lock
      call(dax_mapping_entry_mkclean, { index: entry }),
      dax_flush(entry),
      radix_tree_tag_clear(entry, PAGECACHE_TAG_DIRTY),
      put_locked_mapping_entry(entry),
    ]),
  ],
});
