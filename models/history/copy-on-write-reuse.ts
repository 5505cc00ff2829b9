import { go_to, label, not, number, when } from '../../src/program/build.js';
import { get_page, unlock_page } from '../../src/kernel/page.js';
import { pmd_unlock, pte_unmap_unlock } from '../../src/kernel/pgtable.js';
import { page_count_is, page_is_alone } from '../../src/kernel/rmap.js';
import { insert, type Edit } from '../../src/program/model.js';
import type { Change } from '../history.js';
import { do_huge_pmd_wp_page } from '../operations/do_huge_pmd_wp_page.js';
import { do_swap_page } from '../operations/do_swap_page.js';
import { do_wp_page } from '../operations/do_wp_page.js';
import { register } from './steps-of.js';

/**
 * Who may write an anonymous page in place instead of copying it. v4.14 asks how often it is mapped (reuse_swap_page); from
 * v5.9 on every reference counts, and from v5.19 on a page that is known to be its mm's own may have any.
 */

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

export const copyOnWriteReuse: readonly Change[] = [
  {
    since: '5.9',
    until: '5.19',
    commit: '09854ba94c6a',
    about: 'do_wp_page copies a page that anybody else refers to, pins included',
    edits: [basePagesAlone(page_count_is)],
  },
  {
    since: '5.18',
    until: '5.19',
    commit: '3bff7e3f1f16',
    about: 'so does do_huge_pmd_wp_page, and do_swap_page (c145e0b47c77)',
    edits: [hugePagesAlone(page_count_is, 'split'), ...swappedPagesAlone(page_count_is)],
  },
  {
    since: '5.19',
    commit: '6c287605fd56',
    about:
      "a page that was pinned for writing and not shared since is its mm's own (PG_anon_exclusive, as far as pins go)",
    unverified: true,
    edits: [
      basePagesAlone(page_is_alone),
      hugePagesAlone(page_is_alone, 'split'),
      ...swappedPagesAlone(page_is_alone),
    ],
  },
];
