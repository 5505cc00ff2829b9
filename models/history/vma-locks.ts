import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { VM_FAULT_RETRY } from '../../src/kernel/access.js';
import { mn_mm } from '../../src/kernel/bind.js';
import { TASK_SIZE } from '../../src/kernel/mm.js';
import { put_page } from '../../src/kernel/page.js';
import { equal, let_ } from '../../src/kernel/range.js';
import { vma_allows, vma_anonymous, VM_READ, VM_UFFD_WP, VM_WRITE } from '../../src/kernel/vma.js';
import {
  fault_under_vma_lock,
  lock_vma_under_rcu,
  vma_end_read,
  vma_start_write,
} from '../../src/kernel/vma-lock.js';
import { insert, type Edit, type Locator } from '../../src/program/model.js';
import type { Operation, Step } from '../../src/program/step.js';
import type { Change } from '../history.js';
import { clear_refs_write } from '../operations/clear_refs_write.js';
import { collapse_huge_page } from '../operations/collapse_huge_page.js';
import { do_fault } from '../operations/do_fault.js';
import { do_munmap } from '../operations/do_munmap.js';
import { do_swap_page } from '../operations/do_swap_page.js';
import { do_user_addr_fault } from '../operations/do_user_addr_fault.js';
import { do_wp_page } from '../operations/do_wp_page.js';
import { dup_mmap } from '../operations/dup_mmap.js';
import { handle_mm_fault } from '../operations/handle_mm_fault.js';
import { hugetlb_fault } from '../operations/hugetlb_fault.js';
import { mmu_notifier_register } from '../operations/mmu_notifier_register.js';
import { move_vma } from '../operations/move_vma.js';
import { mprotect_fixup } from '../operations/mprotect_fixup.js';
import { userfaultfd_register } from '../operations/userfaultfd_register.js';
import { register } from './steps-of.js';

const NONE = number(0);
const ONE = number(1);

/** A fault of user code looks for its vma without mmap_lock; what cannot be done so is tried again with it. */
function faults(): readonly Edit[] {
  const { name } = do_user_addr_fault;
  const [addr, write, vma, fault] = ['addr', 'write', 'vma', 'fault'].map((r) =>
    register(do_user_addr_fault, r),
  );
  const access_error = [vma_end_read(addr), go_to('lock_mmap')];
  return [
    insert(name, 'before', { callee: 'down_read' }, [
      when(lock_vma_under_rcu(addr, vma), [
        when(not(vma_allows(vma, VM_READ)), access_error),
        when(equal(write, ONE), [when(not(vma_allows(vma, VM_WRITE)), access_error)]),
        call(handle_mm_fault, { addr, write, vma, fault }),
        vma_end_read(addr), // in the C by whoever returns VM_FAULT_RETRY
        when(not(equal(fault, VM_FAULT_RETRY)), [go_to('done')]),
        let_(fault, NONE),
      ]),
      label('lock_mmap'),
    ]),
    insert(name, 'after', { callee: 'up_read' }, [label('done')]),
  ];
}

/** The vmas that an operation changes, or whose entries it changes behind their back, are locked for writing before. */
function writers(): readonly Edit[] {
  const locks = (op: Operation, step: Locator, start: string, count: string): Edit =>
    insert(op.name, 'before', step, [vma_start_write(register(op, start), register(op, count))]);
  const mn = register(mmu_notifier_register, 'mn');
  return [
    locks(do_munmap, { callee: 'vma_adjust_trans_huge' }, 'start', 'count'),
    locks(mprotect_fixup, { callee: 'vma_adjust_trans_huge' }, 'addr', 'count'),
    locks(move_vma, { callee: 'vma_mergeable' }, 'from', 'count'), // ksm_madvise locks it first
    insert(move_vma.name, 'after', { callee: 'copy_vma' }, [
      vma_start_write(register(move_vma, 'to'), register(move_vma, 'count')), // vma_link
    ]),
    locks(dup_mmap, { callee: 'anon_vma_fork' }, 'addr', 'pages'),
    locks(clear_refs_write, { callee: 'vma_set_page_prot' }, 'start', 'count'), // vm_flags_clear
    locks(clear_refs_write, { callee: 'for_each_pmd' }, 'addr', 'pages'), // PGWALK_WRLOCK
    locks(userfaultfd_register, { callee: 'vma_adjust_trans_huge' }, 'start', 'count'),
    insert(collapse_huge_page.name, 'before', { callee: 'down_write', nth: 2 }, [
      vma_start_write(register(collapse_huge_page, 'haddr'), ONE),
    ]),
    insert(mmu_notifier_register.name, 'after', { callee: 'down_write' }, [
      vma_start_write(mn_mm(mn), TASK_SIZE()), // mm_take_all_locks
    ]),
  ];
}

/** Back to mmap_lock, before the operation has done anything; `undo` is what it holds. */
function retries(op: Operation, step: Locator, undo: readonly Step[] = []): Edit {
  const fault = register(op, 'fault');
  return insert(op.name, 'before', step, [
    when(fault_under_vma_lock(), [...undo, let_(fault, VM_FAULT_RETRY), go_to('out')]),
  ]);
}

const vma = register(handle_mm_fault, 'vma');

/** Locks of single vmas. */
export const vmaLocks: readonly Change[] = [
  {
    since: '6.4',
    commit: '0bff0aaea03e',
    about:
      'a fault of user code holds the lock of its vma in place of mmap_lock; who locks vmas for writing is as in v6.5 (fb49c455323f, 49b0638502da)',
    edits: [...faults(), ...writers()],
  },
  {
    since: '6.4',
    until: '6.6',
    commit: '29a22b9e08d7',
    about: 'faults on anonymous memory alone, without userfaultfd, are served under the lock of the vma',
    edits: [
      insert(handle_mm_fault.name, 'before', { callee: 'is_vm_hugetlb_page' }, [
        when(fault_under_vma_lock(), [
          when(not(vma_anonymous(vma)), [
            let_(register(handle_mm_fault, 'fault'), VM_FAULT_RETRY),
            go_to('out'),
          ]),
          when(vma_allows(vma, VM_UFFD_WP), [
            let_(register(handle_mm_fault, 'fault'), VM_FAULT_RETRY),
            go_to('out'),
          ]),
        ]),
      ]),
    ],
  },
  {
    since: '6.4',
    until: '6.6',
    commit: '17c05f18e541',
    about: 'swap-in is tried again with mmap_lock (until 1235ccd05b6d)',
    edits: [retries(do_swap_page, { callee: 'is_migration_entry' })],
  },
  {
    since: '6.4',
    until: '6.7',
    commit: '4a68fef16df9',
    about:
      'faults on pages of files are tried again with mmap_lock (until 12214eba1992, 4de8c93a4751, 4ed4379881aa and this)',
    edits: [
      retries(do_fault, { callee: 'vma_is_dax' }),
      retries(do_wp_page, { callee: 'lock_page', nth: 2 }, [put_page(register(do_wp_page, 'page'))]),
    ],
  },
  {
    since: '6.4',
    commit: '4a68fef16df9',
    about: 'a write to a clean DAX entry is tried again with mmap_lock: ext4_dax_vm_ops has no map_pages',
    edits: [retries(do_wp_page, { callee: 'dax_iomap_pte_fault' })],
  },
  {
    since: '6.7',
    commit: '12214eba1992',
    about: 'DAX faults of base pages are tried again with mmap_lock: vmf_can_call_fault asks for map_pages',
    edits: [retries(do_fault, { callee: 'dax_iomap_pte_fault' })],
  },
  {
    since: '6.4',
    until: '6.9',
    commit: '7c43a553792a',
    about: 'faults on pages of hugetlb are tried again with mmap_lock',
    edits: [retries(hugetlb_fault, { callee: 'let', nth: 1 })],
  },
  {
    since: '6.6',
    commit: '1235ccd05b6d',
    about: 'a fault on device-private memory is tried again with mmap_lock',
    edits: [retries(do_swap_page, { callee: 'device_private_entry_fault' })],
  },
];
