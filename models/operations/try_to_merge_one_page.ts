import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { EFAULT, pages_identical } from '../../src/kernel/ksm.js';
import {
  compound_head,
  PageTransHuge,
  PG_ksm,
  set_page_dirty,
  SetPageFlag,
  trylock_page,
  unlock_page,
} from '../../src/kernel/page.js';
import { equal, is_zero, let_ } from '../../src/kernel/range.js';
import { replace_page } from './replace_page.js';
import { split_huge_page_to_list } from './split_huge_page_to_list.js';
import { write_protect_page } from './write_protect_page.js';

const OK = number(0);

/**
 * Write-protects the page at `addr`. Then it becomes a KSM page where it is (`kpage` 0), or, if it still equals `kpage`,
 * is replaced by that. mm/ksm.c, v4.14. Left out: mlock.
 */
export const try_to_merge_one_page = operation({
  name: 'try_to_merge_one_page',
  from: 'mm/ksm.c',
  takes: ['addr', 'page', 'kpage'],
  gives: ['err'],
  locals: ['orig_pte', 'head'],
  steps: ({ addr, page, kpage, err, orig_pte, head }) => [
    let_(err, OK),
    when(equal(page, kpage), [go_to('out')]),
    let_(err, EFAULT),
    when(not(trylock_page(page)), [go_to('out')]),
    when(PageTransHuge(page), [
      let_(head, compound_head(page)),
      call(split_huge_page_to_list, { page: head, keep: page }),
      when(PageTransHuge(page), [go_to('out_unlock')]), // somebody else refers to it
    ]),
    call(write_protect_page, { addr, page, orig_pte, err }),
    when(not(is_zero(err)), [go_to('out_unlock')]),
    when(
      is_zero(kpage),
      [
        SetPageFlag(page, PG_ksm), // set_page_stable_node
        set_page_dirty(page), // so that reclaim does not drop it
      ],
      [
        let_(err, EFAULT),
        when(pages_identical(page, kpage), [call(replace_page, { addr, page, kpage, orig_pte, err })]),
      ],
    ),
    label('out_unlock'),
    unlock_page(page),
    label('out'),
  ],
});
