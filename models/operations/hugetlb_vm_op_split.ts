import { call, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { splits_shareable } from '../../src/kernel/hugetlb-tables.js';
import { let_, plus } from '../../src/kernel/range.js';
import { hugetlb_unshare_pmds } from './hugetlb_unshare_pmds.js';

/**
 * A vma is about to be cut at both ends of [start, start + count): a PUD region that it covered as a whole cannot share
 * its table any more. vm_ops->split of hugetlbfs, mm/hugetlb.c, v6.2; older ones only refuse cuts inside a huge page.
 */
export const hugetlb_vm_op_split = operation({
  name: 'hugetlb_vm_op_split',
  from: 'mm/hugetlb.c',
  version: 'v6.2',
  takes: ['start', 'count'],
  locals: ['end'],
  steps: ({ start, count, end }) => [
    when(splits_shareable(start), [call(hugetlb_unshare_pmds, { addr: start })]),
    let_(end, plus(start, count)),
    when(splits_shareable(end), [call(hugetlb_unshare_pmds, { addr: end })]),
  ],
});
