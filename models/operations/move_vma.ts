import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { copy_vma } from '../../src/kernel/mm.js';
import { promise_move, promise_move_complete } from '../../src/kernel/promise.js';
import { next_page } from '../../src/kernel/range.js';
import { find_vma, vma_mergeable } from '../../src/kernel/vma.js';
import { break_ksm } from './break_ksm.js';
import { do_munmap } from './do_munmap.js';
import { move_page_tables } from './move_page_tables.js';

/**
 * A new vma at `to` takes over the pages of [from, from + count), which is unmapped then. mm/mremap.c, v4.14.
 * Left out: moving back when memory runs out, accounting.
 */
export const move_vma = operation({
  name: 'move_vma',
  from: 'mm/mremap.c',
  takes: ['from', 'to', 'count'],
  locals: ['vma', 'at', 'cursor'],
  steps: ({ from, to, count, vma, at, cursor }) => [
    when(not(find_vma(from, vma)), [go_to('out')]),
    // ksm_madvise(MADV_UNMERGEABLE): KSM knows its pages by address
    when(vma_mergeable(vma), [
      each(next_page(from, count, cursor, at), [call(break_ksm, { addr: at, vma })]),
    ]),
    copy_vma(from, to, count),
    promise_move(from, to, count),
    call(move_page_tables, { from, to, count, vma }),
    call(do_munmap, { start: from, count, downgrade: number(0) }),
    promise_move_complete(from, to, count),
    label('out'),
  ],
});
