import { tlb_adjust_fullmm } from '../../src/kernel/gather.js';
import { tlb_gather_mmu } from '../../src/kernel/gather.js';
import { go_to } from '../../src/program/build.js';
import { drop, insert } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { change_pte_range } from '../operations/change_pte_range.js';
import { clear_refs_write } from '../operations/clear_refs_write.js';
import { madvise_dontneed } from '../operations/madvise_dontneed.js';
import { madvise_free_pte_range } from '../operations/madvise_free_pte_range.js';
import { move_ptes } from '../operations/move_ptes.js';
import { tlb_finish_mmu } from '../operations/tlb_finish_mmu.js';
import { write_protect_page } from '../operations/write_protect_page.js';
import { zap_pte_range } from '../operations/zap_pte_range.js';
import { dropEvery, register } from './steps-of.js';

/** Who flushes the CPUs for whom: gathers of several threads on one mm, and the batch of reclaim. */

const start = register(tlb_finish_mmu, 'start');

const noZapFlush = [drop(madvise_dontneed.name, { callee: 'flush_tlb_range' })];

export const tlbGather: readonly Change[] = [
  {
    until: '4.13',
    commit: '99baac21e458',
    about: 'a gather does not flush for others that cleared entries of its range and have not flushed yet',
    edits: [drop(tlb_finish_mmu.name, { callee: 'mm_tlb_flush_nested' })],
  },
  {
    until: '4.13',
    commit: '3ea277194daa',
    about: 'nobody flushes for the batch of reclaim before changing entries beside it',
    edits: [change_pte_range, madvise_free_pte_range, move_ptes, zap_pte_range].flatMap((operation) =>
      dropEvery(operation, 'flush_tlb_batched_pending'),
    ),
  },
  {
    until: '4.13',
    commit: 'b3a81d0841a9',
    about: 'KSM trusts a read-only clean entry also while a flush of the mm is pending',
    edits: [
      insert(write_protect_page.name, 'before', { callee: 'mm_tlb_flush_pending' }, [go_to('is_protected')]),
      drop(write_protect_page.name, { callee: 'mm_tlb_flush_pending' }),
    ],
  },
  {
    until: '4.14',
    commit: '4647706ebeee',
    about: 'zap_page_range leaves the CPU flush to the gather',
    edits: noZapFlush,
  },
  {
    since: '4.19',
    commit: '50c150f26261',
    about: 'zap_page_range leaves the CPU flush to the gather again',
    edits: noZapFlush,
  },
  {
    since: '5.2',
    commit: '7a30df49f63a',
    about:
      'a gather that others are flushing beside flushes the whole mm, not the range that it was opened for',
    edits: [
      insert(tlb_finish_mmu.name, 'after', { callee: '__tlb_adjust_range' }, [tlb_adjust_fullmm(start)]),
      drop(tlb_finish_mmu.name, { callee: '__tlb_adjust_range' }),
    ],
  },
  {
    since: '5.6',
    until: '5.12',
    commit: '0758cd830494',
    about: 'a gather of a whole mm that recorded no entry flushes nothing: clear_refs flushes no CPU',
    edits: [
      insert(clear_refs_write.name, 'after', { callee: 'tlb_gather_fullmm' }, [
        tlb_gather_mmu(register(clear_refs_write, 'start')),
      ]),
      drop(clear_refs_write.name, { callee: 'tlb_gather_fullmm' }),
    ],
  },
];
