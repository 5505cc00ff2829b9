import { go_to, when } from '../src/program/build.js';
import { insert, type Edit } from '../src/program/model.js';
import { equal } from '../src/kernel/range.js';
import { even_cows } from '../src/kernel/truncate.js';
import { zap_pte_range } from './operations/zap_pte_range.js';

/** What v4.14 gets wrong when memory is taken away: truncation. */

const SWAPPED_COPIES =
  'truncation takes private copies that were swapped out or are under migration: 5abfd71d936a, v5.18';

const [, , details] = zap_pte_range.takes;

/** A truncation zaps entries that are not present, too. */
export const swappedCopies: readonly Edit[] = [
  insert(
    zap_pte_range.name,
    'before',
    { callee: 'is_zero', nth: 1 },
    [when(equal(details, even_cows), [go_to('zap_not_present')])],
    SWAPPED_COPIES,
  ),
];

export const teardownRepairs: readonly Edit[] = [...swappedCopies];
