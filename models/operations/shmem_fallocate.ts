import { call, go_to, label, not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { promise_punch } from '../../src/kernel/promise.js';
import { shmem_falloc_begin, shmem_falloc_end, shmem_mapping } from '../../src/kernel/shmem.js';
import { check_mapping } from '../../src/kernel/truncate.js';
import { shmem_undo_range } from './shmem_undo_range.js';
import { unmap_mapping_range } from './unmap_mapping_range.js';

/**
 * fallocate(FALLOC_FL_PUNCH_HOLE) of [file, file + count) of a tmpfs file. Faults in the hole wait from its beginning; those that
 * came before are met page by page. mm/shmem.c, v4.14. Left out: preallocation, partial pages.
 */
export const shmem_fallocate = operation({
  name: 'shmem_fallocate',
  from: 'mm/shmem.c',
  takes: ['file', 'count'],
  steps: ({ file, count }) => [
    when(not(shmem_mapping(file)), [go_to('out')]),
    shmem_falloc_begin(file, count),
    promise_punch(file, count),
    call(unmap_mapping_range, { index: file, count, details: check_mapping }),
    call(shmem_undo_range, { index: file, count }), // shmem_truncate_range
    shmem_falloc_end(file),
    label('out'),
  ],
});
