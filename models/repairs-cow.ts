import { go_to, label, not, number, when } from '../src/program/build.js';
import { insert, type Edit } from '../src/program/model.js';
import { get_page, put_page } from '../src/kernel/page.js';
import { page_is_alone } from '../src/kernel/rmap.js';
import { basePagesAlone, hugePagesAlone, swappedPagesAlone } from './history/copy-on-write-reuse.js';
import { register } from './history/steps-of.js';
import { hugetlb_cow } from './operations/hugetlb_cow.js';
import { hugetlb_no_page } from './operations/hugetlb_no_page.js';

/**
 * What v4.14 gets wrong when it writes a page in place after fork. It asks how often the page is mapped; a zap counts a
 * mapping out before it flushes, and what the one mm then writes the other still reads. The gather's reference tells. Pins
 * for writing do not count, as from v5.19 on (PG_anon_exclusive, 6c287605fd56): the kernels between copied pages away from
 * them.
 */

const ALONE =
  'a page is written in place only if nobody else holds a reference, as a gather does until it has flushed: page_count, 09854ba94c6a, v5.9';
const ALONE_HUGE = 'the same for huge pages: 3bff7e3f1f16, v5.18';
const ALONE_SWAP = 'the same for pages of the swap cache: c145e0b47c77, v5.18';
const ALONE_HUGETLB = 'the same for hugetlb pages. No kernel read does so';

const ONE = number(1);
const TWO = number(2);

/** The mapping's reference alone for a page that this fault has just mapped, else the fault's own too. */
function hugetlb(): readonly Edit[] {
  const { name } = hugetlb_cow;
  const page = register(hugetlb_cow, 'old_page');
  const fresh = register(hugetlb_no_page, 'page');
  const steps = [
    when(not(page_is_alone(page, ONE)), [when(not(page_is_alone(page, TWO)), [go_to('shared')])]),
  ];
  return [
    insert(name, 'before', { callee: 'page_mapcount_equals' }, steps, ALONE_HUGETLB),
    insert(name, 'before', { callee: 'get_page' }, [label('shared')], ALONE_HUGETLB),
    // and a new page that somebody else has isolated meanwhile is copied while hugetlb_no_page has it locked
    insert(hugetlb_no_page.name, 'before', { callee: 'set_huge_pte_at' }, [get_page(fresh)], ALONE_HUGETLB),
    insert(
      hugetlb_no_page.name,
      'after',
      { callee: 'unlock_page', nth: 2 },
      [put_page(fresh)],
      ALONE_HUGETLB,
    ),
  ];
}

export const cowRepairs: readonly Edit[] = [
  basePagesAlone(page_is_alone, ALONE),
  hugePagesAlone(page_is_alone, 'copied', ALONE_HUGE),
  ...swappedPagesAlone(page_is_alone, ALONE_SWAP),
  ...hugetlb(),
];
