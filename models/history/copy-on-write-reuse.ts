import { go_to, label, not, number, when } from '../../src/program/build.js';
import { get_page, unlock_page } from '../../src/kernel/page.js';
import { pmd_unlock, pte_unmap_unlock } from '../../src/kernel/pgtable.js';
import type { page_count_is } from '../../src/kernel/rmap.js';
import { insert, type Edit } from '../../src/program/model.js';
import { do_huge_pmd_wp_page } from '../operations/do_huge_pmd_wp_page.js';
import { do_swap_page } from '../operations/do_swap_page.js';
import { do_wp_page } from '../operations/do_wp_page.js';
import { register } from './steps-of.js';

/** Edits by which a write fault counts references before it writes an anonymous page in place. */

/** Asks whether a page has a given number of references, or is alone in another way. */
type Asks = typeof page_count_is;

const ONE = number(1);
const TWO = number(2);

export function basePagesAlone(isAlone: Asks, note?: string): Edit {
  const [page, pte] = ['page', 'pte'].map((r) => register(do_wp_page, r));
  const copy = [unlock_page(page), get_page(page), pte_unmap_unlock(pte), go_to('copy')];
  const steps = [when(not(isAlone(page, ONE)), copy)];
  return insert(do_wp_page.name, 'before', { callee: 'reuse_swap_page' }, steps, note);
}

/** A huge page that is not alone is copied, by the reference that the copy needs, or (from v5.8 on) split. */
export function hugePagesAlone(isAlone: Asks, otherwise: 'copied' | 'split', note?: string): Edit {
  const [page, pmd] = ['page', 'pmd'].map((r) => register(do_huge_pmd_wp_page, r));
  const held = otherwise === 'copied' ? [get_page(page)] : [];
  const copy = [unlock_page(page), ...held, pmd_unlock(pmd), go_to('alloc')];
  const steps = [when(not(isAlone(page, ONE)), copy)];
  return insert(do_huge_pmd_wp_page.name, 'before', { callee: 'reuse_swap_page' }, steps, note);
}

/** The fault's own reference and the swap cache's. */
export function swappedPagesAlone(isAlone: Asks, note?: string): readonly Edit[] {
  const { name } = do_swap_page;
  const steps = [when(not(isAlone(register(do_swap_page, 'page'), TWO)), [go_to('shared')])];
  return [
    insert(name, 'before', { callee: 'reuse_swap_page' }, steps, note),
    insert(name, 'before', { callee: 'pte_soft_dirty' }, [label('shared')], note),
  ];
}
