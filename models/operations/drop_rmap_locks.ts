import { not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { anon_vma_rwsem, i_mmap_rwsem, up_write } from '../../src/kernel/locks.js';
import { is_zero } from '../../src/kernel/range.js';
import { linear_page_index } from '../../src/kernel/vma.js';

/** Drops what take_rmap_locks took. mm/mremap.c, v4.14. */
export const drop_rmap_locks = operation({
  name: 'drop_rmap_locks',
  from: 'mm/mremap.c',
  takes: ['addr', 'file_locked', 'anon_locked'],
  steps: ({ addr, file_locked, anon_locked }) => [
    when(not(is_zero(anon_locked)), [up_write(anon_vma_rwsem())]),
    when(not(is_zero(file_locked)), [up_write(i_mmap_rwsem(linear_page_index(addr)))]),
  ],
});
