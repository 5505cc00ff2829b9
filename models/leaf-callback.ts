import { number } from '../src/program/build.js';
import { drop, insert, type Edit, type Model } from '../src/program/model.js';
import type { Operation } from '../src/program/step.js';
import { always_notify } from './always-notify.js';
import { register } from './history/steps-of.js';
import { clean_record_shared_mapping_range } from './operations/clean_record_shared_mapping_range.js';
import { mmu_notifier_invalidate_range_end } from './operations/mmu_notifier_invalidate_range_end.js';
import { mmu_notifier_invalidate_range_start } from './operations/mmu_notifier_invalidate_range_start.js';
import { wp_shared_mapping_range } from './operations/wp_shared_mapping_range.js';

const ONE = number(1);

/** The walk as a whole is not bracketed. */
const unbracketed = ({ name }: Operation): readonly Edit[] => [
  drop(name, { callee: 'mmu_notifier_invalidate_range_start' }),
  drop(name, { callee: 'mmu_notifier_invalidate_range_end' }),
];

const cleaned = register(clean_record_shared_mapping_range, 'addr');

/**
 * What the first version of the dirty helpers left to its callers (April 2019): "either in the pte leaf function or before
 * and after the call to apply_to_pfn_range". The leaf runs under the page-table lock: mmu_notifier_invalidate_range alone,
 * as in ptep_clear_flush_notify, is no bracket (wp_shared_mapping_range here), and start and end may sleep
 * (clean_record_shared_mapping_range here).
 */
export const leaf_callback: Model = {
  ...always_notify,
  name: 'leaf-callback',
  about:
    'always-notify with the dirty helpers as rejected in 2019: the notifier is called from the pte leaf, under the lock',
  refused: 'start and end may sleep, and the pte leaf runs under the page-table lock',
  edits: [
    ...always_notify.edits,
    ...unbracketed(wp_shared_mapping_range),
    ...unbracketed(clean_record_shared_mapping_range),
    insert(clean_record_shared_mapping_range.name, 'before', { callee: 'ptep_get_and_clear' }, [
      mmu_notifier_invalidate_range_start(cleaned, ONE),
    ]),
    insert(clean_record_shared_mapping_range.name, 'after', { callee: 'set_pte_at' }, [
      mmu_notifier_invalidate_range_end(cleaned, ONE),
    ]),
  ],
};
