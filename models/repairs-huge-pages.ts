import { drop, insert, type Edit, type Locator } from '../src/program/model.js';
import { operationsIn } from '../src/program/operations-in.js';
import { placed } from '../src/program/locate.js';
import type { Arg, Operation } from '../src/program/step.js';
import { HPAGE_PMD_NR, pmdp_establish } from '../src/kernel/huge.js';
import { get_page, put_page } from '../src/kernel/page.js';
import { flush_tlb_range } from '../src/kernel/tlb.js';
import { register } from './history/steps-of.js';
import { callables } from './operations/register.js';
import { __split_huge_pmd_locked } from './operations/__split_huge_pmd_locked.js';
import { do_huge_pmd_wp_page } from './operations/do_huge_pmd_wp_page.js';
import { do_huge_pmd_wp_page_fallback } from './operations/do_huge_pmd_wp_page_fallback.js';
import { migrate_misplaced_transhuge_page } from './operations/migrate_misplaced_transhuge_page.js';

/** What v4.14 gets wrong with huge pages, as later kernels repaired it. */

const SPLIT =
  'the split takes over what hardware set until the entry was invalidated: d52605d7cb30 and its sequel, v4.16';
const ATOMIC = 'pmdp_invalidate is one atomic exchange: d52605d7cb30, v4.16';
const NEVER_NONE =
  'MADV_DONTNEED looks without a lock and passes by a PMD that is none for a moment, as in ced108037c2a and 58ceeb6bec86; 3917c80280c9, v5.8, removed the copy';
const NUMA_NEVER_NONE =
  'the same where a huge page is moved to another node: 7066f0f933a1, v4.20, sets the new entry over the old one';

/** Arguments of the first expanded verb of that name in the operation's own text; none when it has none. */
function argumentsOf(operation: Operation, name: string): readonly Arg[] {
  for (const p of placed(operation)) if (p.step.kind === 'expand' && p.step.name === name) return p.step.args;
  return [];
}

/** The split invalidates the entry before it samples it. The notification stays before the table becomes visible. */
function sampleLate(): readonly Edit[] {
  const { name, locals } = __split_huge_pmd_locked;
  const [haddr, pmd] = argumentsOf(__split_huge_pmd_locked, 'pmdp_invalidate');
  const [entry] = locals.filter((r) => r.name === 'entry');
  const invalidate = (part: string): Locator => ({ callee: 'pmdp_invalidate', part });
  return [
    insert(
      name,
      'before',
      { callee: 'page_ref_add' },
      [pmdp_establish(haddr, pmd, entry), flush_tlb_range(haddr, HPAGE_PMD_NR)],
      SPLIT,
    ),
    ...['read', 'set', 'flush', 'in-flush'].map((part) => drop(name, invalidate(part), SPLIT)),
  ];
}

/** pmdp_invalidate elsewhere: what was a read and a write is one step. */
function invalidateAtomically(operation: Operation): readonly Edit[] {
  const [addr, pmd, entry] = argumentsOf(operation, 'pmdp_invalidate');
  if (addr === undefined || operation === __split_huge_pmd_locked) return [];
  const at = (part: string): Locator => ({ callee: 'pmdp_invalidate', part });
  return [
    insert(operation.name, 'before', at('flush'), [pmdp_establish(addr, pmd, entry)], ATOMIC),
    drop(operation.name, at('read'), ATOMIC),
    drop(operation.name, at('set'), ATOMIC),
  ];
}

/** Copy-on-write of a huge page leaves a huge entry that is not present where v4.14 leaves none. */
function neverNone(operation: Operation, why: string): readonly Edit[] {
  const at = (part: string): Locator => ({ callee: 'pmdp_huge_clear_flush_notify', part });
  const [haddr, pmd, entry] = argumentsOf(operation, 'pmdp_huge_clear_flush_notify');
  return [
    insert(operation.name, 'before', at('flush'), [pmdp_establish(haddr, pmd, entry)], why),
    drop(operation.name, at('clear'), why),
  ];
}

/** d52605d7cb30, v4.16: everywhere but in the split, and the split. */
export const atomicInvalidate: readonly Edit[] = operationsIn(callables.map((c) => c.operation)).flatMap(
  invalidateAtomically,
);
export const splitSamplesLate: readonly Edit[] = sampleLate();

const NUMA_REFERENCE =
  'the new page is kept until it is unlocked: as soon as the entry is set MADV_DONTNEED may free it, locked. The kernel has its get_page only after range_end (no commit known)';

const fresh = register(migrate_misplaced_transhuge_page, 'new_page');

const NUMA_KEEPS: readonly Edit[] = [
  insert(
    migrate_misplaced_transhuge_page.name,
    'before',
    { callee: 'page_dup_compound_rmap' },
    [get_page(fresh)],
    NUMA_REFERENCE,
  ),
  insert(
    migrate_misplaced_transhuge_page.name,
    'after',
    { callee: 'unlock_page', nth: 2 },
    [put_page(fresh)],
    NUMA_REFERENCE,
  ),
];

export const hugePageRepairs: readonly Edit[] = [
  ...splitSamplesLate,
  ...atomicInvalidate,
  ...[do_huge_pmd_wp_page, do_huge_pmd_wp_page_fallback].flatMap((o) => neverNone(o, NEVER_NONE)),
  ...neverNone(migrate_misplaced_transhuge_page, NUMA_NEVER_NONE),
  ...NUMA_KEEPS,
];
