import { mute, notify, type Edit } from '../../src/program/model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { slotsOf } from '../../src/program/union.js';
import type { Change } from '../history.js';
import { callables } from '../operations/register.js';
import { editsOf, hunks } from '../patch-2017.js';

/** Brackets that the second patch of the 2017 series ends with mmu_notifier_invalidate_range_only_end. */
const ONLY_END = ['wp_page_copy', 'do_huge_pmd_wp_page', '__split_huge_pmd'] as const;

const onlyEnd: readonly Edit[] = [
  ...ONLY_END.map((site) => mute(site, 'range-end')),
  mute('migrate_misplaced_transhuge_page', 'range-end'),
  notify('migrate_misplaced_transhuge_page/changed', 'range-end'), // nothing has changed: full range_end
  mute('do_huge_pmd_wp_page_fallback', 'range-end'),
  // its path on which the entry had changed keeps the full range_end
  notify('do_huge_pmd_wp_page_fallback/out_free_pages', 'range-end'),
];

/** The 2017 series "avoid double notification when it is useless", both patches, merged for v4.15. */
export const notifier2017: readonly Change[] = [
  {
    since: '4.15',
    commit: '0f10851ea475',
    about: 'no invalidate_range under the lock where range_end does it, or where the content stays the same',
    edits: editsOf(hunks, slotsOf(operationsIn(callables.map((c) => c.operation)))),
  },
  {
    since: '4.15',
    commit: '4645b9fe84bf',
    about: 'range_only_end where the lock already notified: the secondary TLBs hear nothing more',
    edits: onlyEnd,
  },
];
