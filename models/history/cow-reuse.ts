import { go_to, label, not, number, when } from '../../src/program/build.js';
import {
  PageAnonExclusive,
  pte_swp_exclusive,
  SetPageAnonExclusive,
} from '../../src/kernel/anon-exclusive.js';
import { DIRTY, entry_target, maybe_mkwrite, pte_mkdirty } from '../../src/kernel/entry.js';
import { pmdp_set_access_flags } from '../../src/kernel/huge.js';
import { reuse_ksm_page } from '../../src/kernel/ksm.js';
import { get_page, lock_page, PageKsm, put_page, trylock_page, unlock_page } from '../../src/kernel/page.js';
import {
  pte_offset_map_lock,
  pte_same,
  pte_unmap_unlock,
  ptep_set_access_flags,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { equal, is_zero, let_, plus } from '../../src/kernel/range.js';
import {
  page_add_anon_rmap,
  page_count_above,
  page_count_is,
  page_mapcount_is,
} from '../../src/kernel/rmap.js';
import { promise_swapped_in } from '../../src/kernel/promise.js';
import { in_swap_cache, PageSwapCache, swap_free, try_to_free_swap } from '../../src/kernel/swap.js';
import { drop, insert, type Edit } from '../../src/program/model.js';
import type { Step } from '../../src/program/step.js';
import type { Change } from '../history.js';
import { do_huge_pmd_wp_page } from '../operations/do_huge_pmd_wp_page.js';
import { do_swap_page } from '../operations/do_swap_page.js';
import { do_wp_page } from '../operations/do_wp_page.js';
import { keepsAnonExclusive } from './anon-exclusive.js';
import { register } from './steps-of.js';

const NONE = number(0);
const ONE = number(1);
const TWO = number(2);
const THREE = number(3);

const wp = (name: string): ReturnType<typeof register> => register(do_wp_page, name);
const [page, pte, addr, vma] = ['page', 'pte', 'addr', 'vma'].map(wp);

/** wp_page_reuse. */
const reuse: readonly Step[] = [
  ptep_set_access_flags(addr, pte, maybe_mkwrite(DIRTY, vma)),
  pte_unmap_unlock(pte),
  go_to('out'),
];

/** The rule for anonymous pages of one release; `rule` copies by going to `copy_page`. */
function rule(steps: readonly Step[]): readonly Edit[] {
  return [
    insert(do_wp_page.name, 'before', { callee: 'PageKsm' }, steps),
    drop(do_wp_page.name, { callee: 'PageKsm' }),
    insert(do_wp_page.name, 'before', { callee: 'get_page', nth: 3 }, [label('copy_page')]), // copy: in the C
  ];
}

/** A KSM page that nobody else refers to becomes an ordinary one; the rest is as it was. */
function reusesKsmPages(): readonly Edit[] {
  const again = wp('again');
  const steps = [
    when(PageKsm(page), [
      when(PageSwapCache(page), [go_to('copy_page')]),
      when(not(page_count_is(page, ONE)), [go_to('copy_page')]),
      when(not(trylock_page(page)), [
        get_page(page),
        pte_unmap_unlock(pte),
        lock_page(page),
        pte_offset_map_lock(addr, again),
        when(not(pte_same(again, wp('orig_pte'))), [
          unlock_page(page),
          pte_unmap_unlock(again),
          put_page(page),
          go_to('out'),
        ]),
        put_page(page),
      ]),
      when(reuse_ksm_page(page, addr), [unlock_page(page), ...reuse]),
      unlock_page(page),
      go_to('copy_page'),
    ]),
  ];
  return [
    insert(do_wp_page.name, 'before', { callee: 'PageKsm' }, steps),
    insert(do_wp_page.name, 'before', { callee: 'get_page', nth: 3 }, [label('copy_page')]),
  ];
}

/** Nobody waits for the page lock, and nobody but this mapping may hold a reference. */
const asksPageCount = rule([
  when(PageKsm(page), [go_to('copy_page')]), // does not necessarily raise the page refcount
  when(not(page_count_is(page, ONE)), [go_to('copy_page')]),
  when(not(trylock_page(page)), [go_to('copy_page')]),
  when(PageKsm(page), [unlock_page(page), go_to('copy_page')]),
  when(not(page_mapcount_is(page, ONE)), [unlock_page(page), go_to('copy_page')]),
  when(not(page_count_is(page, ONE)), [unlock_page(page), go_to('copy_page')]),
  unlock_page(page),
  ...reuse,
]);

/** The same, after the swap cache has been asked to let go of the page. */
function freesSwapFirst(exclusive: boolean): readonly Edit[] {
  return rule([
    ...(exclusive ? [when(PageAnonExclusive(page), [go_to('reuse')])] : []),
    when(PageKsm(page), [go_to('copy_page')]),
    when(page_count_above(page, THREE), [go_to('copy_page')]),
    // lru_add_drain
    when(page_count_above(page, plus(ONE, in_swap_cache(page))), [go_to('copy_page')]),
    when(not(trylock_page(page)), [go_to('copy_page')]),
    when(PageSwapCache(page), [when(try_to_free_swap(page), [])]),
    when(PageKsm(page), [unlock_page(page), go_to('copy_page')]),
    when(not(page_count_is(page, ONE)), [unlock_page(page), go_to('copy_page')]),
    ...(exclusive ? [SetPageAnonExclusive(page)] : []), // page_move_anon_rmap
    unlock_page(page),
    ...(exclusive ? [label('reuse')] : []),
    ...reuse,
  ]);
}

const swap = (name: string): ReturnType<typeof register> => register(do_swap_page, name);

/** The swap entry goes first, so that the count tells whether the page is this fault's alone. */
function swapsIn(exclusive: boolean): readonly Edit[] {
  const { name } = do_swap_page;
  const [cached, orig_pte, write, entry, left, vma, at, place, alone] = [
    'page',
    'orig_pte',
    'write',
    'entry',
    'left',
    'vma',
    'addr',
    'pte',
    'exclusive',
  ].map(swap);
  const writes = when(not(is_zero(write)), [
    let_(entry, maybe_mkwrite(pte_mkdirty(entry), vma)),
    let_(left, NONE),
  ]);
  return [
    insert(name, 'before', { callee: 'let', nth: 5 }, [
      ...(exclusive
        ? [
            when(not(PageKsm(cached)), [
              when(pte_swp_exclusive(orig_pte), [let_(alone, ONE)]), // SWP_STABLE_WRITES left out
            ]),
          ]
        : []),
      promise_swapped_in(at, cached),
      swap_free(entry_target(orig_pte)),
      when(not(is_zero(write)), [
        // should_try_to_free_swap, without a full swap and mlock
        when(PageSwapCache(cached), [
          when(not(PageKsm(cached)), [
            when(page_count_is(cached, TWO), [when(try_to_free_swap(cached), [])]),
          ]),
        ]),
      ]),
    ]),
    insert(
      name,
      'before',
      { callee: 'is_zero' },
      exclusive
        ? [
            when(not(PageKsm(cached)), [
              when(page_count_is(cached, ONE), [let_(alone, ONE)]),
              when(equal(alone, ONE), [writes]),
            ]),
          ]
        : [when(not(PageKsm(cached)), [when(page_count_is(cached, ONE), [writes])])],
    ),
    drop(name, { callee: 'is_zero' }),
    drop(name, { callee: 'swap_free' }),
    ...(exclusive
      ? [
          // after, since what userfaultfd does to the entry stands before it
          insert(name, 'after', { callee: 'set_pte_at' }, [
            page_add_anon_rmap(cached, at),
            when(equal(alone, ONE), [SetPageAnonExclusive(cached)]), // RMAP_EXCLUSIVE
            set_pte_at(at, place, entry),
          ]),
          drop(name, { callee: 'set_pte_at' }),
          drop(name, { callee: 'page_add_anon_rmap' }),
        ]
      : []),
  ];
}

/** A huge page is written in place if nobody else refers to it; THP in the swap cache are left out. */
function hugePages(exclusive: boolean): readonly Edit[] {
  const { name } = do_huge_pmd_wp_page;
  const [head, pmd, haddr, mapping] = ['page', 'pmd', 'haddr', 'vma'].map((r) =>
    register(do_huge_pmd_wp_page, r),
  );
  const write = pmdp_set_access_flags(haddr, pmd, maybe_mkwrite(DIRTY, mapping));
  return [
    ...(exclusive
      ? [
          insert(name, 'before', { callee: 'trylock_page' }, [
            when(PageAnonExclusive(head), [write, go_to('out_unlock')]),
          ]),
          insert(name, 'before', { callee: 'reuse_swap_page' }, [
            // again: the lock may have been dropped
            when(PageAnonExclusive(head), [unlock_page(head), write, go_to('out_unlock')]),
          ]),
        ]
      : []),
    insert(name, 'before', { callee: 'reuse_swap_page' }, [
      when(page_count_is(head, ONE), [
        ...(exclusive ? [SetPageAnonExclusive(head)] : []), // page_move_anon_rmap
        write,
        unlock_page(head),
        go_to('out_unlock'),
      ]),
    ]),
    drop(name, { callee: 'reuse_swap_page' }),
  ];
}

/**
 * Who may write an anonymous page in place on a write fault. v4.14 asks the map count and waits for the page lock. hugetlb
 * asks the map count in every kernel read (up to 6.12).
 */
export const cowReuse: readonly Change[] = [
  {
    since: '5.2',
    until: '5.9',
    commit: '52d1e606ee73',
    about: 'a KSM page that nobody else refers to is written in place (read in 5.2.1)',
    edits: reusesKsmPages(),
  },
  {
    since: '5.9',
    until: '5.18',
    commit: '09854ba94c6a',
    about: 'a write fault copies unless the page has one reference; it does not wait for the page lock',
    edits: asksPageCount,
  },
  {
    since: '5.18',
    until: '5.19',
    commit: '53a05ad9f21d',
    about: 'a write fault frees the swap slot of a page before it asks for its references',
    edits: freesSwapFirst(false),
  },
  {
    since: '5.18',
    until: '5.19',
    commit: 'c145e0b47c77',
    about: 'swap-in maps a page writable if it has one reference',
    edits: swapsIn(false),
  },
  {
    since: '5.18',
    until: '5.19',
    commit: '3bff7e3f1f16',
    about: 'a huge page is written in place if it has one reference',
    edits: hugePages(false),
  },
  {
    since: '5.19',
    commit: '6c287605fd56',
    about: 'a page that is exclusively mapped (PG_anon_exclusive) is written in place without its lock',
    edits: [...keepsAnonExclusive, ...freesSwapFirst(true), ...hugePages(true)],
  },
  {
    since: '5.19',
    commit: '1493a1913e34',
    about: 'swap entries remember that the page was exclusive, and swap-in goes by it',
    edits: swapsIn(true),
  },
];
