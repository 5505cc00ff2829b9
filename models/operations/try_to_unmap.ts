import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { down_read, up_read } from '../../src/kernel/locks.js';
import { rmap_rwsem } from '../../src/kernel/page-vma-mapped.js';
import { equal, has, let_ } from '../../src/kernel/range.js';
import { page_mapped, rmap_walk } from '../../src/kernel/rmap.js';
import { TTU_RMAP_LOCKED } from '../../src/kernel/vmscan.js';
import { try_to_unmap_one } from './try_to_unmap_one.js';

const ONE = number(1);

/**
 * Takes every mapping of the locked page away; the caller asks page_mapped what became of it. mm/rmap.c, v4.14:
 * try_to_unmap and rmap_walk. Left out: the temporary stack of exec.
 */
export const try_to_unmap = operation({
  name: 'try_to_unmap',
  from: 'mm/rmap.c',
  takes: ['page', 'flags'],
  locals: ['lock', 'cursor', 'addr', 'stop'],
  steps: ({ page, flags, lock, cursor, addr, stop }) => [
    let_(lock, rmap_rwsem(page)),
    when(not(has(flags, TTU_RMAP_LOCKED)), [down_read(lock)]), // rmap_walk, or rmap_walk_locked
    each(rmap_walk(page, cursor, addr), [
      call(try_to_unmap_one, { page, addr, flags, stop }),
      when(equal(stop, ONE), [go_to('done')]),
      when(not(page_mapped(page)), [go_to('done')]),
    ]),
    label('done'),
    when(not(has(flags, TTU_RMAP_LOCKED)), [up_read(lock)]),
  ],
});
