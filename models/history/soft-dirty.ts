import { dec_tlb_flush_pending, flush_tlb_mm, inc_tlb_flush_pending } from '../../src/kernel/tlb.js';
import { down_write, mmap_sem, up_write } from '../../src/kernel/locks.js';
import { drop, insert, type Edit } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { mprotectSoftDirty } from '../repairs-mprotect-mremap.js';
import { clear_refs_write } from '../operations/clear_refs_write.js';
import { dropEvery, register } from './steps-of.js';

/** Soft-dirty tracking: clear_refs_write and what keeps its promise. */

const { name } = clear_refs_write;
const start = register(clear_refs_write, 'start');

/** Without a gather: the flush of the mm is called by name. */
const flushes: readonly Edit[] = [
  drop(name, { callee: 'tlb_gather_fullmm' }),
  insert(name, 'after', { callee: 'tlb_finish_mmu' }, [flush_tlb_mm(start)]),
  drop(name, { callee: 'tlb_finish_mmu' }),
];

export const softDirty: readonly Change[] = [
  {
    until: '4.13',
    commit: 'b3a81d0841a9',
    about: 'clear_refs calls flush_tlb_mm and does not count as a flush to come',
    edits: flushes,
  },
  {
    since: '5.11',
    commit: '29a951dfb3c3',
    about: 'clear_refs of soft-dirty holds mmap_lock for writing all the way',
    edits: [
      insert(name, 'before', { callee: 'down_read' }, [down_write(mmap_sem(start))]),
      ...dropEvery(clear_refs_write, 'down_read'),
      drop(name, { callee: 'up_read', nth: 1 }),
      drop(name, { callee: 'down_write' }),
      drop(name, { callee: 'downgrade_write' }),
      insert(name, 'after', { callee: 'up_read', nth: 2 }, [up_write(mmap_sem(start))]),
      drop(name, { callee: 'up_read', nth: 2 }),
    ],
  },
  {
    since: '5.12',
    commit: '912efa17e512',
    about: 'clear_refs counts as a flush to come, and flushes the CPUs of the mm after range_end',
    edits: [
      insert(name, 'before', { callee: 'mmu_notifier_invalidate_range_start' }, [
        inc_tlb_flush_pending(start),
      ]),
      ...flushes,
      insert(name, 'after', { callee: 'tlb_finish_mmu' }, [dec_tlb_flush_pending(start)]),
    ],
  },
  {
    since: '6.0',
    commit: '76aefad628aa',
    about: 'mprotect makes no entry writable whose soft-dirty bit is tracked and clear',
    edits: mprotectSoftDirty,
  },
];
