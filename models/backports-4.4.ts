import { branch, go_to, number, slot, when } from '../src/program/build.js';
import { insert, type Edit, type Model } from '../src/program/model.js';
import type { Condition, Step } from '../src/program/step.js';
import { PageHuge } from '../src/kernel/hugetlb-migrate.js';
import {
  adjust_range_if_pmd_sharing_possible,
  huge_pmd_unshare,
  PUD_SIZE,
} from '../src/kernel/hugetlb-tables.js';
import { mmu_notifier_invalidate_range } from '../src/kernel/notifier.js';
import { equal, has, let_ } from '../src/kernel/range.js';
import { flush_tlb_range } from '../src/kernel/tlb.js';
import { TTU_MUNLOCK } from '../src/kernel/vmscan.js';
import { register } from './history/steps-of.js';
import { mmu_notifier_invalidate_range_end } from './operations/mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './operations/mmu_notifier_invalidate_range_start.js';
import { try_to_unmap_one } from './operations/try_to_unmap_one.js';
import { v4_4 } from './v4.4.js';

/**
 * The backports to 4.4 of the repair of hugetlb migration (017b1660df89) that were discussed in August and September
 * 2018, each as it was posted, on top of 4.4: where does try_to_unmap_one open and end a bracket?
 */

const NAME = try_to_unmap_one.name;
const [addr, flags, start, count, notify, page, pte] = [
  'addr',
  'flags',
  'start',
  'count',
  'notify',
  'page',
  'pte',
].map((name) => register(try_to_unmap_one, name));
const WALK = { callee: 'page_vma_mapped_walk' };
const END = { callee: 'mmu_notifier_invalidate_range_end' };

const NO = number(0);
const ONE = number(1);

const open = (): Step => mmu_notifier_invalidate_range_start(start, count);
const close = (): Step => mmu_notifier_invalidate_range_end(start, count);

/** Before page_check_address, and at the end of every path that it leads to. */
const bracket = (): readonly Edit[] => [
  insert(NAME, 'before', WALK, [open()]),
  insert(NAME, 'after', END, [close()]),
];
/** The same, only where the condition holds. */
const bracketIf = (condition: Condition): readonly Edit[] => [
  insert(NAME, 'before', WALK, [
    let_(notify, NO),
    when(condition, [let_(notify, ONE)]),
    when(equal(notify, ONE), [open()]),
  ]),
  insert(NAME, 'after', END, [when(equal(notify, ONE), [close()])]),
];
const widen = (): Edit =>
  insert(NAME, 'before', WALK, [
    when(PageHuge(page), [adjust_range_if_pmd_sharing_possible(start, count, start, count)]),
  ]);

/** The repair itself: a shared table is given up and its whole range flushed. */
const unshare = (): Edit =>
  insert(NAME, 'after', WALK, [
    when(PageHuge(page), [
      when(huge_pmd_unshare(addr, pte), [
        branch('unshare', [
          flush_tlb_range(start, count),
          slot('after-clear', mmu_notifier_invalidate_range(start, count)),
          go_to('unlock'),
        ]),
      ]),
    ]),
  ]);

const backport = (name: string, about: string, edits: readonly Edit[], refused?: string): Model => ({
  ...v4_4,
  name: `backport-4.4-${name}`,
  about,
  readFrom: 'the thread of 017b1660df89 on the mailing list, on top of v4.4',
  ...(refused === undefined ? {} : { refused }),
  edits: [...v4_4.edits, ...edits],
});

export const backports: readonly Model[] = [
  backport(
    'every-page',
    'START before the lock for every page, widened for hugetlb; shared tables are given up; invalidate_range under the lock',
    [
      widen(),
      ...bracket(),
      unshare(),
      insert(NAME, 'before', { callee: 'pte_unmap_unlock' }, [
        slot('before-unlock', mmu_notifier_invalidate_range(start, count)),
      ]),
    ],
  ),
  backport(
    'under-lock',
    'START after the entry was found, under the page-table lock, and END after it is dropped; shared tables are kept',
    [insert(NAME, 'after', WALK, [open()]), insert(NAME, 'after', { callee: 'pte_unmap_unlock' }, [close()])],
    'the bracket is opened under the page-table lock, where subscribers may not sleep',
  ),
  backport(
    'unbalanced',
    'START before the lock for every page; the way out that munlock takes before it leads to the END; shared tables are kept',
    [
      insert(NAME, 'before', { callee: 'has', nth: 1 }, [when(has(flags, TTU_MUNLOCK), [close()])]),
      ...bracket(),
    ],
    'a bracket is ended that was not started when munlock passes a vma by',
  ),
  backport('page-huge', 'START and END only for hugetlb pages, and shared tables are given up', [
    widen(),
    ...bracketIf(PageHuge(page)),
    unshare(),
  ]),
  backport('shareable', 'START and END only where a table may be shared, and shared tables are given up', [
    widen(),
    ...bracketIf(equal(count, PUD_SIZE)),
    unshare(),
  ]),
];
