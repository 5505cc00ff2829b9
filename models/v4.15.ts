import { mute, type Model } from '../src/program/model.js';
import { operationsIn } from '../src/program/operations-in.js';
import { slotsOf } from '../src/program/union.js';
import { callables } from './operations/register.js';
import { editsOf, hunks } from './patch-2017.js';

/**
 * Linux 4.15 as shipped: 4.14 with both patches of the series. The second one, 4645b9fe84bf, ends these brackets with
 * mmu_notifier_invalidate_range_only_end: the secondary TLBs hear nothing more.
 */
const ONLY_END = ['wp_page_copy', 'do_huge_pmd_wp_page', '__split_huge_pmd'] as const;

export const v4_15: Model = {
  name: 'v4.15',
  about: 'Linux 4.15: the 2017 series in full; where the lock already notified, range_end only ends',
  readFrom: 'v4.15-rc8, as differences to v4.14',
  era: '4.15-6.5',
  cowReuse: 'mapcount',
  edits: [
    ...editsOf(hunks, slotsOf(operationsIn(callables.map((c) => c.operation)))),
    ...ONLY_END.map((site) => mute(site, 'range-end')),
    mute('do_huge_pmd_wp_page_fallback', 'range-end'),
    // its path on which the entry had changed keeps the full range_end
    { kind: 'notify', site: 'do_huge_pmd_wp_page_fallback/out_free_pages', slot: 'range-end' },
  ],
};
