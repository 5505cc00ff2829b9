import { not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { anon_vma_rwsem, down_write, i_mmap_rwsem } from '../../src/kernel/locks.js';
import { let_ } from '../../src/kernel/range.js';
import { is_cow_mapping, linear_page_index, vma_anonymous } from '../../src/kernel/vma.js';

const ONE = number(1);

/** Keeps rmap walks out while entries move to an address that the walks would meet before. mm/mremap.c, v4.14. */
export const take_rmap_locks = operation({
  name: 'take_rmap_locks',
  from: 'mm/mremap.c',
  takes: ['addr', 'vma'],
  gives: ['file_locked', 'anon_locked'],
  steps: ({ addr, vma, file_locked, anon_locked }) => [
    when(not(vma_anonymous(vma)), [
      down_write(i_mmap_rwsem(linear_page_index(addr))),
      let_(file_locked, ONE),
    ]),
    when(is_cow_mapping(vma), [down_write(anon_vma_rwsem()), let_(anon_locked, ONE)]),
  ],
});
