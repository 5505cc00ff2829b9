import { call, number, when } from '../../src/program/build.js';
import { tlb_gather_mmu, tlb_remove_tlb_entry } from '../../src/kernel/gather.js';
import { HPAGE_PMD_NR } from '../../src/kernel/huge.js';
import { let_ } from '../../src/kernel/range.js';
import { pte_needs_flush } from '../../src/kernel/tlb.js';
import { drop, insert, type Edit } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { change_huge_pmd } from '../operations/change_huge_pmd.js';
import { change_protection } from '../operations/change_protection.js';
import { change_pte_range } from '../operations/change_pte_range.js';
import { tlb_finish_mmu } from '../operations/tlb_finish_mmu.js';
import { register } from './steps-of.js';

const addr = register(change_protection, 'addr');
const count = register(change_protection, 'count');

/** The flush is a gather's; entries that need it are recorded. */
function gathers(): readonly Edit[] {
  const { name } = change_protection;
  return [
    insert(name, 'after', { callee: 'inc_tlb_flush_pending' }, [tlb_gather_mmu(addr)]),
    drop(name, { callee: 'inc_tlb_flush_pending' }),
    drop(name, { callee: 'flush_tlb_range' }),
    insert(name, 'after', { callee: 'dec_tlb_flush_pending' }, [
      call(tlb_finish_mmu, { start: addr, count }),
    ]),
    drop(name, { callee: 'dec_tlb_flush_pending' }),
  ];
}

function recordsPtes(): readonly Edit[] {
  const { name } = change_pte_range;
  const [at, entry, oldpte] = ['at', 'entry', 'oldpte'].map((r) => register(change_pte_range, r));
  return [
    insert(name, 'after', { callee: 'ptep_get_and_clear' }, [let_(oldpte, entry)]),
    insert(name, 'after', { callee: 'set_pte_at', nth: 1 }, [
      when(pte_needs_flush(oldpte, entry), [tlb_remove_tlb_entry(at, number(1))]),
    ]),
  ];
}

/** pmdp_invalidate_ad of x86 flushes nothing, and what it returns is the old entry. */
function recordsPmds(): readonly Edit[] {
  const { name } = change_huge_pmd;
  const [start, entry, now] = ['addr', 'entry', 'now'].map((r) => register(change_huge_pmd, r));
  return [
    drop(name, { callee: 'pmdp_invalidate', part: 'flush' }),
    drop(name, { callee: 'pmdp_invalidate', part: 'in-flush' }),
    drop(name, { callee: 'pmdp_get', nth: 2 }),
    insert(name, 'after', { callee: 'set_pmd_at' }, [
      when(pte_needs_flush(now, entry), [tlb_remove_tlb_entry(start, HPAGE_PMD_NR)]),
    ]),
  ];
}

export const mprotectByGather: readonly Edit[] = [...gathers(), ...recordsPtes()];

/** How mprotect, and the NUMA scan with it, flushes. */
export const mprotects: readonly Change[] = [
  {
    since: '5.19',
    commit: '4a18419f71cd',
    about: 'change_protection flushes by an mmu_gather; here one a vma, in the kernel one a call',
    edits: mprotectByGather,
  },
  {
    since: '5.19',
    commit: '4f83145721f3',
    about: 'a huge entry that mprotect changes is flushed by the gather, not at once',
    edits: recordsPmds(),
  },
];
