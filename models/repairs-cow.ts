import { go_to, label, not, number, when } from '../src/program/build.js';
import { insert, type Edit } from '../src/program/model.js';
import { get_page, unlock_page } from '../src/kernel/page.js';
import { pmd_unlock, pte_unmap_unlock } from '../src/kernel/pgtable.js';
import { page_count_is } from '../src/kernel/rmap.js';
import type { Operation, Register } from '../src/program/step.js';
import { do_huge_pmd_wp_page } from './operations/do_huge_pmd_wp_page.js';
import { do_swap_page } from './operations/do_swap_page.js';
import { do_wp_page } from './operations/do_wp_page.js';
import { hugetlb_cow } from './operations/hugetlb_cow.js';

/**
 * What v4.14 gets wrong when it writes a page in place after fork. It asks how often the page is mapped; a zap counts a
 * mapping out before it flushes, and what the one mm then writes the other still reads. The gather's reference tells.
 */

const ALONE =
  'a page is written in place only if nobody else holds a reference, as a gather does until it has flushed: page_count, 09854ba94c6a, v5.9';
const ALONE_HUGE = 'the same for huge pages: 3bff7e3f1f16, v5.18';
const ALONE_SWAP = 'the same for pages of the swap cache: c145e0b47c77, v5.18';
const ALONE_HUGETLB = 'the same for hugetlb pages. No kernel read does so';

const ONE = number(1);
const TWO = number(2);

function register(of: Operation, name: string): Register {
  const [found] = [...of.takes, ...of.gives, ...of.locals].filter((r) => r.name === name);
  return found;
}

function basePages(): Edit {
  const [page, pte] = ['page', 'pte'].map((r) => register(do_wp_page, r));
  const copy = [unlock_page(page), get_page(page), pte_unmap_unlock(pte), go_to('copy')];
  const steps = [when(not(page_count_is(page, ONE)), copy)];
  return insert(do_wp_page.name, 'before', { callee: 'reuse_swap_page' }, steps, ALONE);
}

function hugePages(): Edit {
  const [page, pmd] = ['page', 'pmd'].map((r) => register(do_huge_pmd_wp_page, r));
  const copy = [unlock_page(page), get_page(page), pmd_unlock(pmd), go_to('alloc')];
  const steps = [when(not(page_count_is(page, ONE)), copy)];
  return insert(do_huge_pmd_wp_page.name, 'before', { callee: 'reuse_swap_page' }, steps, ALONE_HUGE);
}

/** The fault's own reference and the swap cache's. */
function swapCache(): readonly Edit[] {
  const { name } = do_swap_page;
  const steps = [when(not(page_count_is(register(do_swap_page, 'page'), TWO)), [go_to('shared')])];
  return [
    insert(name, 'before', { callee: 'reuse_swap_page' }, steps, ALONE_SWAP),
    insert(name, 'before', { callee: 'pte_soft_dirty' }, [label('shared')], ALONE_SWAP),
  ];
}

/** The mapping's reference alone for a page that this fault has just mapped, else the fault's own too. */
function hugetlb(): readonly Edit[] {
  const { name } = hugetlb_cow;
  const page = register(hugetlb_cow, 'old_page');
  const steps = [
    when(not(page_count_is(page, ONE)), [when(not(page_count_is(page, TWO)), [go_to('shared')])]),
  ];
  return [
    insert(name, 'before', { callee: 'page_mapcount_equals' }, steps, ALONE_HUGETLB),
    insert(name, 'before', { callee: 'get_page' }, [label('shared')], ALONE_HUGETLB),
  ];
}

export const cowRepairs: readonly Edit[] = [basePages(), hugePages(), ...swapCache(), ...hugetlb()];
