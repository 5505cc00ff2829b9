import { when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { mm_tlb_flush_nested } from '../../src/kernel/gather.js';
import { less, minus } from '../../src/kernel/range.js';
import { flush_tlb_range } from '../../src/kernel/tlb.js';

/**
 * The flush after a walk that changed entries between `tlbflush_start` and `tlbflush_end`: of those alone, or of the whole
 * vma if somebody else's flush of the mm is still to come. mm/mapping_dirty_helpers.c, v5.7; the end of the bracket
 * stands in the callers.
 */
export const wp_clean_post_vma = operation({
  name: 'wp_clean_post_vma',
  from: 'mm/mapping_dirty_helpers.c',
  version: 'v5.7',
  takes: ['start', 'count', 'tlbflush_start', 'tlbflush_end'],
  steps: ({ start, count, tlbflush_start, tlbflush_end }) => [
    when(
      mm_tlb_flush_nested(start),
      [flush_tlb_range(start, count)],
      [
        when(less(tlbflush_start, tlbflush_end), [
          flush_tlb_range(tlbflush_start, minus(tlbflush_end, tlbflush_start)),
        ]),
      ],
    ),
  ],
});
