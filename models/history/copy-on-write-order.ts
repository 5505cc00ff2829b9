import { let_ } from '../../src/kernel/range.js';
import { page_remove_compound_rmap, page_add_new_anon_rmap } from '../../src/kernel/rmap.js';
import { put_page } from '../../src/kernel/page.js';
import { drop, insert } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { hugetlb_cow } from '../operations/hugetlb_cow.js';
import { wp_page_copy } from '../operations/wp_page_copy.js';
import { register } from './steps-of.js';

const [new_page, old_page] = ['new_page', 'old_page'].map((r) => register(wp_page_copy, r));
const [addr, huge_new, huge_old] = ['addr', 'new_page', 'old_page'].map((r) => register(hugetlb_cow, r));

/** Which step of a copy comes when; who may reuse a page in place is told elsewhere. */
export const copyOnWriteOrder: readonly Change[] = [
  {
    since: '5.17',
    commit: '1eba86c096e3',
    about: 'hugetlb counts the new mapping and uncounts the old one before the new entry is set',
    edits: [
      insert(hugetlb_cow.name, 'before', { callee: 'set_huge_pte_at' }, [
        page_remove_compound_rmap(huge_old),
        page_add_new_anon_rmap(huge_new, addr),
      ]),
      drop(hugetlb_cow.name, { callee: 'page_remove_compound_rmap' }),
      drop(hugetlb_cow.name, { callee: 'page_add_new_anon_rmap' }),
    ],
  },
  {
    since: '6.5',
    commit: '3db82b9374ca',
    about: 'a copy gives back the mapping reference of the old page after range_end',
    edits: [
      insert(wp_page_copy.name, 'after', { callee: 'page_remove_rmap' }, [let_(new_page, old_page)]),
      drop(wp_page_copy.name, { callee: 'put_page', nth: 2 }),
      drop(wp_page_copy.name, { callee: 'put_page', nth: 3 }),
      insert(wp_page_copy.name, 'after', { callee: 'mmu_notifier_invalidate_range_end' }, [
        put_page(new_page),
      ]),
    ],
  },
];
