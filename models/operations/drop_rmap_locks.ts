import { not, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { anon_vma_rwsem, i_mmap_rwsem, up_write } from '../../src/kernel/locks.js';
import { is_cow_mapping, linear_page_index, vma_anonymous } from '../../src/kernel/vma.js';

/** The other half of take_rmap_locks. mm/mremap.c, v4.14. */
export const drop_rmap_locks = operation({
  name: 'drop_rmap_locks',
  from: 'mm/mremap.c',
  takes: ['addr', 'vma'],
  steps: ({ addr, vma }) => [
    when(is_cow_mapping(vma), [up_write(anon_vma_rwsem())]),
    when(not(vma_anonymous(vma)), [up_write(i_mmap_rwsem(linear_page_index(addr)))]),
  ],
});
