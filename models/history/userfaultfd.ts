import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { signal_bus, VM_FAULT_RETRY } from '../../src/kernel/access.js';
import { pte_clear_uffd_wp, pte_mkuffd_wp, pte_none, pte_uffd_wp } from '../../src/kernel/entry.js';
import { mm_tlb_flush_pending } from '../../src/kernel/gather.js';
import { HPAGE_PMD_NR, keep_uffd_wp_of_zero_ptes } from '../../src/kernel/huge.js';
import { pte_none_or_zero } from '../../src/kernel/khugepaged.js';
import { MM_CP_UFFD_WP, MM_CP_UFFD_WP_RESOLVE } from '../../src/kernel/mprotect.js';
import { rmap_vma } from '../../src/kernel/page-vma-mapped.js';
import { pte_get, pte_unmap_unlock, set_pte_at } from '../../src/kernel/pgtable.js';
import { promise_let } from '../../src/kernel/promise.js';
import { equal, has, let_ } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';
import { VM_UFFD_WP, vma_allows } from '../../src/kernel/vma.js';
import { insert, type Edit } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { __collapse_huge_page_isolate } from '../operations/__collapse_huge_page_isolate.js';
import { __split_huge_zero_page_pmd } from '../operations/__split_huge_zero_page_pmd.js';
import { change_huge_pmd } from '../operations/change_huge_pmd.js';
import { change_pte_range } from '../operations/change_pte_range.js';
import { prq_event_thread } from '../operations/device_access.js';
import { do_swap_page } from '../operations/do_swap_page.js';
import { do_user_addr_fault } from '../operations/do_user_addr_fault.js';
import { do_wp_page } from '../operations/do_wp_page.js';
import { get_user_pages_unlocked } from '../operations/get_user_pages_unlocked.js';
import { handle_mm_fault } from '../operations/handle_mm_fault.js';
import { mwriteprotect_range } from '../operations/mwriteprotect_range.js';
import { register } from './steps-of.js';

const ONE = number(1);
const NONE = number(0);

/** Entries of base pages, present or not, are marked and unmarked. */
function changesPtes(): readonly Edit[] {
  const { name } = change_pte_range;
  const of = (r: string): ReturnType<typeof register> => register(change_pte_range, r);
  const [at, place, entry, flags, changed] = ['at', 'place', 'entry', 'cp_flags', 'changed'].map(of);
  return [
    insert(name, 'before', { callee: 'set_pte_at', nth: 1 }, [
      when(has(flags, MM_CP_UFFD_WP), [let_(entry, pte_mkuffd_wp(entry))]),
      when(has(flags, MM_CP_UFFD_WP_RESOLVE), [
        let_(entry, pte_clear_uffd_wp(entry)), // the write permission comes back by a fault
      ]),
    ]),
    insert(name, 'after', { callee: 'set_pte_at', nth: 1 }, [
      when(has(flags, MM_CP_UFFD_WP_RESOLVE), [promise_let(at, ONE)]),
    ]),
    insert(name, 'after', { callee: 'is_write_device_private_entry' }, [
      pte_get(place, entry),
      when(not(pte_none(entry)), [
        when(has(flags, MM_CP_UFFD_WP), [
          set_pte_at(at, place, pte_mkuffd_wp(entry)), // pte_swp_mkuffd_wp
          let_(changed, ONE),
        ]),
        when(has(flags, MM_CP_UFFD_WP_RESOLVE), [
          set_pte_at(at, place, pte_clear_uffd_wp(entry)),
          promise_let(at, ONE),
          let_(changed, ONE),
        ]),
      ]),
    ]),
  ];
}

function changesPmds(): readonly Edit[] {
  const { name } = change_huge_pmd;
  const [addr, entry, flags] = ['addr', 'entry', 'cp_flags'].map((r) => register(change_huge_pmd, r));
  return [
    insert(name, 'before', { callee: 'set_pmd_at' }, [
      when(has(flags, MM_CP_UFFD_WP), [let_(entry, pte_mkuffd_wp(entry))]),
      when(has(flags, MM_CP_UFFD_WP_RESOLVE), [let_(entry, pte_clear_uffd_wp(entry))]),
    ]),
    insert(name, 'after', { callee: 'set_pmd_at' }, [
      when(has(flags, MM_CP_UFFD_WP_RESOLVE), [promise_let(addr, HPAGE_PMD_NR)]),
    ]),
  ];
}

/** A write fault on a marked entry is not served: whoever faulted waits until the monitor has let it through. */
function faults(): readonly Edit[] {
  const wp = (r: string): ReturnType<typeof register> => register(do_wp_page, r);
  const mm = (r: string): ReturnType<typeof register> => register(handle_mm_fault, r);
  return [
    insert(do_wp_page.name, 'before', { callee: 'let', nth: 1 }, [
      when(vma_allows(wp('vma'), VM_UFFD_WP), [
        when(pte_uffd_wp(wp('orig_pte')), [
          pte_unmap_unlock(wp('pte')),
          let_(wp('fault'), VM_FAULT_RETRY), // handle_userfault
          go_to('out'),
        ]),
      ]),
    ]),
    insert(handle_mm_fault.name, 'before', { callee: 'do_huge_pmd_wp_page' }, [
      when(vma_allows(mm('vma'), VM_UFFD_WP), [
        when(pte_uffd_wp(mm('orig_pmd')), [let_(mm('fault'), VM_FAULT_RETRY), go_to('out')]), // wp_huge_pmd
      ]),
    ]),
    insert(do_swap_page.name, 'before', { callee: 'set_pte_at' }, [
      when(pte_uffd_wp(register(do_swap_page, 'orig_pte')), [
        let_(register(do_swap_page, 'entry'), pte_mkuffd_wp(register(do_swap_page, 'entry'))),
      ]),
    ]),
  ];
}

/**
 * handle_userfault. A CPU waits without mmap_sem; the monitor is always there, and here its answer, which is to let one
 * page through, is a turn of the thread that waits for it: nobody can wait for ever. The IOMMU driver's fault has no
 * FAULT_FLAG_ALLOW_RETRY, so that a device is refused.
 */
function monitor(): readonly Edit[] {
  const cpu = (r: string): ReturnType<typeof register> => register(do_user_addr_fault, r);
  const gup = (r: string): ReturnType<typeof register> => register(get_user_pages_unlocked, r);
  const fault = register(prq_event_thread, 'fault');
  return [
    insert(get_user_pages_unlocked.name, 'before', { callee: 'mmget' }, [label('retry')]),
    insert(get_user_pages_unlocked.name, 'after', { callee: 'up_read' }, [
      when(equal(gup('fault'), VM_FAULT_RETRY), [
        call(mwriteprotect_range, { start: gup('addr'), count: ONE, cp_flags: MM_CP_UFFD_WP_RESOLVE }),
        go_to('retry'),
      ]),
    ]),
    insert(do_user_addr_fault.name, 'after', { callee: 'up_read' }, [
      when(equal(cpu('fault'), VM_FAULT_RETRY), [
        call(mwriteprotect_range, { start: cpu('addr'), count: ONE, cp_flags: MM_CP_UFFD_WP_RESOLVE }),
        let_(cpu('fault'), NONE),
      ]),
    ]),
    insert(prq_event_thread.name, 'after', { callee: 'handle_mm_fault' }, [
      when(equal(fault, VM_FAULT_RETRY), [let_(fault, signal_bus)]),
    ]),
  ];
}

/** Write-protection by userfaultfd, in the operations that were there before it. */
export const userfaultfdWp: readonly Edit[] = [
  ...changesPtes(),
  ...changesPmds(),
  ...faults(),
  ...monitor(),
  insert(__collapse_huge_page_isolate.name, 'before', { callee: 'pte_none_or_zero', nth: 1 }, [
    // userfaultfd_armed: what is none, or zero, must be told apart from the rest
    when(pte_none_or_zero(register(__collapse_huge_page_isolate, 'entry')), [
      when(vma_allows(rmap_vma(register(__collapse_huge_page_isolate, 'at')), VM_UFFD_WP), [go_to('out')]),
    ]),
  ]),
];

/** What v5.7 missed, and later kernels keep. */
export const zeroSplitKeepsUffdWp: readonly Edit[] = [
  insert(__split_huge_zero_page_pmd.name, 'after', { callee: 'set_pte_at_of_zero_split' }, [
    keep_uffd_wp_of_zero_ptes(
      register(__split_huge_zero_page_pmd, 'pgtable'),
      register(__split_huge_zero_page_pmd, 'entry'),
    ),
  ]),
];
export const isolationLooksAtUffdWp: readonly Edit[] = [
  insert(__collapse_huge_page_isolate.name, 'after', { callee: 'pte_present' }, [
    when(pte_uffd_wp(register(__collapse_huge_page_isolate, 'entry')), [go_to('out')]),
  ]),
];

export const userfaultfd: readonly Change[] = [
  {
    since: '5.7',
    commit: '529b930b87d9',
    about: 'userfaultfd write-protects: a write fault on a marked entry goes to the monitor',
    edits: userfaultfdWp,
  },
  {
    since: '5.12',
    commit: '6ce64428d620',
    about: 'do_wp_page flushes the CPUs if a write-protection by userfaultfd may not have done so yet',
    edits: [
      insert(do_wp_page.name, 'before', { callee: 'let', nth: 1 }, [
        when(vma_allows(register(do_wp_page, 'vma'), VM_UFFD_WP), [
          when(mm_tlb_flush_pending(register(do_wp_page, 'addr')), [
            flush_tlb_range(register(do_wp_page, 'addr'), ONE),
          ]),
        ]),
      ]),
    ],
  },
  {
    since: '6.3',
    commit: '42b2af2c9b7e',
    about: 'splitting the huge zero page keeps the mark of userfaultfd',
    edits: zeroSplitKeepsUffdWp,
  },
  {
    since: '6.3',
    commit: 'dd47ac428c3f',
    about: 'khugepaged looks again for marks of userfaultfd when it isolates pages',
    edits: isolationLooksAtUffdWp,
  },
];
