import { call, not, number, when } from '../../src/program/build.js';
import { drop, insert, type Edit, type Locator } from '../../src/program/model.js';
import type { Operation, Register } from '../../src/program/step.js';
import { cuts_shareable } from '../../src/kernel/hugetlb-tables.js';
import { hugetlbfs_i_mmap } from '../../src/kernel/hugetlb-truncate.js';
import { down_write, up_write } from '../../src/kernel/locks.js';
import { is_zero, let_ } from '../../src/kernel/range.js';
import type { Change } from '../history.js';
import { do_munmap } from '../operations/do_munmap.js';
import { hugetlb_unshare_pmds } from '../operations/hugetlb_unshare_pmds.js';
import { hugetlb_vm_op_split } from '../operations/hugetlb_vm_op_split.js';
import { mprotect_fixup } from '../operations/mprotect_fixup.js';
import { register } from './steps-of.js';

/** What becomes of a shared table when the hugetlb vma over it is cut. */

/** A vma that is cut inside a PUD region shares no table there. */
function splitUnshares(): readonly Edit[] {
  const [start, count] = ['start', 'count'].map((r) => register(do_munmap, r));
  const [addr, pages] = ['addr', 'count'].map((r) => register(mprotect_fixup, r));
  const at = { callee: 'vma_adjust_trans_huge' };
  return [
    insert(do_munmap.name, 'before', at, [call(hugetlb_vm_op_split, { start, count })]),
    insert(mprotect_fixup.name, 'before', at, [call(hugetlb_vm_op_split, { start: addr, count: pages })]),
  ];
}

/** The table is given up while i_mmap_rwsem keeps faults from sharing it again, until the vma is cut. */
function splitHoldsMapping(): readonly Edit[] {
  const { name } = hugetlb_unshare_pmds;
  const mapping = hugetlbfs_i_mmap();
  const split = { callee: hugetlb_vm_op_split.name, put: true } as const;
  const hold = (of: Operation, start: Register, count: Register, cut: Locator): readonly Edit[] => {
    const held = register(of, 'cut');
    return [
      insert(of.name, 'before', split, [
        let_(held, number(0)),
        when(cuts_shareable(start, count), [down_write(mapping), let_(held, number(1))]), // vma_prepare
      ]),
      insert(of.name, 'after', cut, [when(not(is_zero(held)), [up_write(mapping)])]), // vma_complete
    ];
  };
  const [start, count] = ['start', 'count'].map((r) => register(do_munmap, r));
  const [addr, pages] = ['addr', 'count'].map((r) => register(mprotect_fixup, r));
  return [
    drop(name, { callee: 'down_write' }),
    drop(name, { callee: 'up_write' }),
    ...hold(do_munmap, start, count, { callee: 'detach_vmas_to_be_unmapped' }),
    ...hold(mprotect_fixup, addr, pages, { callee: 'equal' }),
  ];
}

export const hugetlbCuts: readonly Change[] = [
  {
    since: '6.2',
    commit: 'b30c14cd6102',
    about: 'cutting a hugetlb vma inside a PUD region gives up the shared table',
    edits: splitUnshares(),
  },
  {
    since: '6.16',
    commit: '081056dc00a2',
    about: 'cutting a hugetlb vma gives up the shared table while i_mmap_rwsem is held, not before',
    edits: splitHoldsMapping(),
  },
];
