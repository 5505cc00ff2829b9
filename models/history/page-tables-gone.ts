import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { pte_free_defer, pte_lockptr_lock } from '../../src/kernel/collapse-shmem.js';
import { pte_none } from '../../src/kernel/entry.js';
import { pgtable_unlock } from '../../src/kernel/khugepaged.js';
import { down_read, i_mmap_rwsem, up_read } from '../../src/kernel/locks.js';
import {
  pmd_peek,
  pte_alloc,
  pte_offset_map_lock_or_null,
  pte_unmap_unlock,
} from '../../src/kernel/pgtable.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import { drop, insert, type Edit } from '../../src/program/model.js';
import type { Operation, Register, Step } from '../../src/program/step.js';
import type { Change } from '../history.js';
import { change_pmd_range } from '../operations/change_pmd_range.js';
import { change_pte_range } from '../operations/change_pte_range.js';
import { clear_refs_pte_range } from '../operations/clear_refs_pte_range.js';
import { drop_rmap_locks } from '../operations/drop_rmap_locks.js';
import { handle_mm_fault } from '../operations/handle_mm_fault.js';
import { move_ptes } from '../operations/move_ptes.js';
import { retract_page_tables } from '../operations/retract_page_tables.js';
import { unmap_mapping_range } from '../operations/unmap_mapping_range.js';
import { zap_pmd_range } from '../operations/zap_pmd_range.js';
import { zap_pte_range } from '../operations/zap_pte_range.js';
import { register } from './steps-of.js';

/**
 * A page table may be taken away from those who hold neither its lock nor the PMD's: Hugh Dickins' two series, v6.5 and v6.6.
 * Here khugepaged takes tables of tmpfs alone, so that only what walks those asks; elsewhere pte_offset_map_lock is as it was.
 */

const NONE = number(0);
const ONE = number(1);

/** The nth lock of a table in the operation may find none; `otherwise` is what the C does then. */
function mayFail(
  op: Operation,
  addr: string,
  pte: string,
  otherwise: readonly Step[],
  nth = 1,
): readonly Edit[] {
  const at = { callee: 'pte_offset_map_lock', nth };
  const lock = pte_offset_map_lock_or_null(register(op, addr), register(op, pte));
  return [insert(op.name, 'before', at, [when(not(lock), otherwise)]), drop(op.name, at)];
}

/** The walk of one table says in `gone` that it found none: -EAGAIN, or an address before the end. */
function saysGone(walk: Operation): readonly Edit[] {
  const at = { callee: 'pmd_none_or_trans_huge_or_clear_bad' };
  const gone = register(walk, 'gone');
  return [
    insert(walk.name, 'before', at, [let_(gone, NONE)]),
    drop(walk.name, at),
    ...mayFail(walk, 'addr', 'pte', [let_(gone, ONE), go_to('out')]),
  ];
}

const zap = (name: string): Register => register(zap_pmd_range, name);
const change = (name: string): Register => register(change_pmd_range, name);

/** zap_pmd_range and change_pmd_range look at the PMD again: it may be none by now, or map a huge page. */
function looksAgain(): readonly Edit[] {
  const [vma, dirty_accountable, cp_flags, changed] = ['vma', 'dirty_accountable', 'cp_flags', 'changed'].map(
    change,
  );
  return [
    ...saysGone(zap_pte_range),
    insert(zap_pmd_range.name, 'before', { callee: 'let', nth: 2 }, [label('again')]),
    insert(zap_pmd_range.name, 'before', { callee: 'zap_pte_range' }, [
      pmd_peek(zap('addr'), zap('pmd')),
      when(not(pte_none(zap('pmd'))), [
        call(zap_pte_range, {
          addr: zap('addr'),
          count: zap('pages'),
          details: zap('details'),
          gone: zap('gone'),
        }),
        when(not(is_zero(zap('gone'))), [go_to('again')]), // addr != next
      ]),
    ]),
    drop(zap_pmd_range.name, { callee: 'zap_pte_range' }),
    ...saysGone(change_pte_range),
    insert(change_pmd_range.name, 'before', { callee: 'pmd_offset' }, [label('again')]),
    insert(change_pmd_range.name, 'before', { callee: 'change_pte_range' }, [
      call(change_pte_range, {
        addr: change('addr'),
        count: change('pages'),
        vma,
        dirty_accountable,
        cp_flags,
        changed,
        gone: change('gone'),
      }),
      when(not(is_zero(change('gone'))), [go_to('again')]),
    ]),
    drop(change_pmd_range.name, { callee: 'change_pte_range' }),
  ];
}

/**
 * Either table may have gone. move_page_tables looks at both PMDs again: an old one that is none is passed by, and mmap_lock, held for
 * writing, keeps huge pages out; a new one is given a table.
 */
function movesAgain(): readonly Edit[] {
  const [addr, new_addr, old_pte, new_ptl, file_locked, anon_locked] = [
    'old_addr',
    'new_addr',
    'old_pte',
    'new_ptl',
    'file_locked',
    'anon_locked',
  ].map((r) => register(move_ptes, r));
  const unlock = (): Step => call(drop_rmap_locks, { addr, file_locked, anon_locked });
  return [
    insert(move_ptes.name, 'before', { callee: 'need_rmap_locks' }, [label('again')]),
    ...mayFail(move_ptes, 'old_addr', 'old_pte', [unlock(), go_to('out')]),
    ...mayFail(
      move_ptes,
      'new_addr',
      'new_pte',
      [
        let_(new_ptl, NONE),
        pte_unmap_unlock(old_pte),
        unlock(),
        when(pte_alloc(new_addr), [go_to('again')], [go_to('out')]),
      ],
      2,
    ),
    insert(move_ptes.name, 'after', { callee: drop_rmap_locks.name }, [label('out')]),
  ];
}

/** v6.6: neither mmap_lock nor the locks of vmas; instead the lock of the table, under that of the PMD. */
function retractsUnderTableLocks(): readonly Edit[] {
  const { name } = retract_page_tables;
  const [index, pmd, pgtable, ptl] = ['index', 'pmd', 'pgtable', 'ptl'].map((r) =>
    register(retract_page_tables, r),
  );
  return [
    insert(name, 'before', { callee: 'down_write' }, [down_read(i_mmap_rwsem(index))]),
    drop(name, { callee: 'down_write' }),
    drop(name, { callee: 'down_write_trylock' }),
    insert(name, 'after', { callee: 'pmd_lock' }, [pte_lockptr_lock(pmd, ptl)]),
    insert(name, 'before', { callee: 'spin_unlock' }, [pgtable_unlock(ptl)]),
    insert(name, 'after', { callee: 'pte_free' }, [pte_free_defer(pgtable)]),
    drop(name, { callee: 'pte_free' }),
    drop(name, { callee: 'up_write', nth: 1 }),
    insert(name, 'before', { callee: 'up_write', nth: 2 }, [up_read(i_mmap_rwsem(index))]),
    drop(name, { callee: 'up_write', nth: 2 }),
  ];
}

const unmapped = register(unmap_mapping_range, 'index');

export const pageTablesGone: readonly Change[] = [
  {
    since: '5.18',
    commit: '2c8659951654',
    about: 'unmap_mapping_range holds i_mmap_rwsem for reading',
    edits: [
      insert(unmap_mapping_range.name, 'before', { callee: 'down_write' }, [
        down_read(i_mmap_rwsem(unmapped)),
      ]),
      drop(unmap_mapping_range.name, { callee: 'down_write' }),
      insert(unmap_mapping_range.name, 'before', { callee: 'up_write' }, [up_read(i_mmap_rwsem(unmapped))]),
      drop(unmap_mapping_range.name, { callee: 'up_write' }),
    ],
  },
  {
    since: '6.5',
    commit: '0d940a9b270b',
    about:
      'pte_offset_map_lock may find no table, and its callers look again (3db82b9374ca, 670ddd8cdcbd, 7780d04046a2)',
    edits: [
      // in the C pte_same says so, under the lock of the table that has gone: RCU keeps it (c7ad08804fae)
      ...mayFail(handle_mm_fault, 'addr', 'pte', [go_to('out')]),
      ...looksAgain(),
      insert(clear_refs_pte_range.name, 'before', { callee: 'is_swap_pmd_or_trans_huge' }, [label('again')]),
      ...mayFail(clear_refs_pte_range, 'addr', 'pte', [go_to('again')]), // ACTION_AGAIN
    ],
  },
  {
    since: '6.5',
    commit: 'a5be621ee292',
    about: 'mremap looks at the PMDs again when a table has gone',
    edits: movesAgain(),
  },
  {
    since: '6.6',
    commit: '1d65b771bc08',
    about:
      'khugepaged takes the page tables of a file away without mmap_lock: under i_mmap_rwsem for reading and both page-table locks; they are freed by RCU',
    edits: retractsUnderTableLocks(),
  },
];
