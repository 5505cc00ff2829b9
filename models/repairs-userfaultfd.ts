import { go_to, when } from '../src/program/build.js';
import { pte_uffd_wp } from '../src/kernel/entry.js';
import { pte_unmap_unlock } from '../src/kernel/pgtable.js';
import { insert, type Edit } from '../src/program/model.js';
import { register } from './history/steps-of.js';
import { isolationLooksAtUffdWp, userfaultfdWp, zeroSplitKeepsUffdWp } from './history/userfaultfd.js';
import { do_huge_pmd_numa_page } from './operations/do_huge_pmd_numa_page.js';
import { replace_page } from './operations/replace_page.js';

/** What userfaultfd's write-protection needs of the operations that were there before it, and what loses its marks. */

const NUMA =
  'a huge page whose writes are watched stays on its node: v5.7 to v5.13 give it a new, writable entry there (follows no commit; the generic migration of c5b5a3dd2c1f, v5.14, keeps the mark)';
const KSM =
  'a page whose writes are watched is not merged: the entry of the KSM page has no mark (follows no commit)';

export const userfaultfdRepairs: readonly Edit[] = [
  ...userfaultfdWp,
  ...zeroSplitKeepsUffdWp,
  ...isolationLooksAtUffdWp,
  insert(
    do_huge_pmd_numa_page.name,
    'before',
    { callee: 'choose' },
    [when(pte_uffd_wp(register(do_huge_pmd_numa_page, 'orig_pmd')), [go_to('clear_pmdnuma')])],
    NUMA,
  ),
  insert(
    replace_page.name,
    'before',
    { callee: 'get_page' },
    [
      when(pte_uffd_wp(register(replace_page, 'orig_pte')), [
        pte_unmap_unlock(register(replace_page, 'pte')),
        go_to('out_mn'),
      ]),
    ],
    KSM,
  ),
];
