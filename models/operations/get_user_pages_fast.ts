import { call, go_to, inside, label, not, number, when } from '../../src/program/build.js';
import { operation } from '../../src/program/operation.js';
import { fault_failed, force_sig } from '../../src/kernel/access.js';
import { pmd_trans_huge } from '../../src/kernel/entry.js';
import {
  gup_get_pmd,
  gup_get_pte,
  local_irq_disable,
  local_irq_enable,
  page_cache_get_speculative,
  pte_access_permitted,
} from '../../src/kernel/gup.js';
import { put_page } from '../../src/kernel/page.js';
import { pmd_same, pte_same } from '../../src/kernel/pgtable.js';
import { pin_load, pin_page, pin_store, pinned_frame, unpin_page } from '../../src/kernel/pin.js';
import { let_ } from '../../src/kernel/range.js';
import { get_user_pages_unlocked } from './get_user_pages_unlocked.js';
import { put_pinned_page } from './pinned_page.js';

const READ = number(0);
const WRITE = number(1);

/**
 * Pins the page behind `addr` without a lock if it can, with interrupts off: gup_pte_range and gup_huge_pmd; or else as
 * get_user_pages_unlocked. mm/gup.c, v4.14 (the generic one, which x86 uses from v4.13).
 *
 * Left out: more pages than one, hugetlb and the huge zero page (they go the slow way), devmap, the accessed bit.
 */
export const get_user_pages_fast = operation({
  name: 'get_user_pages_fast',
  from: 'mm/gup.c',
  takes: ['addr', 'write'],
  gives: ['err'],
  locals: ['pmd', 'orig', 'pte', 'entry', 'page'],
  steps: ({ addr, write, err, pmd, orig, pte, entry, page }) => [
    let_(err, READ),
    local_irq_disable(addr),
    gup_get_pmd(addr, pmd, orig),
    when(
      pmd_trans_huge(orig),
      [
        inside('gup_huge_pmd', [
          when(not(pte_access_permitted(orig, write)), [go_to('slow')]),
          when(not(page_cache_get_speculative(orig, addr, page)), [go_to('slow')]),
          when(not(pmd_same(pmd, orig)), [put_page(page), go_to('slow')]),
        ]),
      ],
      [
        inside('gup_pte_range', [
          when(not(gup_get_pte(addr, pte, entry)), [go_to('slow')]),
          when(not(pte_access_permitted(entry, write)), [go_to('slow')]),
          when(not(page_cache_get_speculative(entry, addr, page)), [go_to('slow')]),
          when(not(pte_same(pte, entry)), [put_page(page), go_to('slow')]),
        ]),
      ],
    ),
    pin_page(addr, page, write),
    local_irq_enable(),
    go_to('out'),
    label('slow'),
    local_irq_enable(),
    call(get_user_pages_unlocked, { addr, write, err }),
    label('out'),
  ],
});

/** The kernel reads user memory in place: it pins the page, reads the frame, and puts it (O_DIRECT, vmsplice). */
export const gup_fast_read = operation({
  name: 'gup_fast_read',
  from: 'driver',
  takes: ['addr', 'word'],
  locals: ['err', 'page'],
  steps: ({ addr, word, err, page }) => [
    call(get_user_pages_fast, { addr, write: READ, err }),
    when(fault_failed(err), [force_sig(err), go_to('out')]),
    pin_load(word),
    let_(page, pinned_frame()),
    unpin_page(),
    put_page(page),
    label('out'),
  ],
});

/** The same, written. */
export const gup_fast_write = operation({
  name: 'gup_fast_write',
  from: 'driver',
  takes: ['addr', 'word'],
  locals: ['err'],
  steps: ({ addr, word, err }) => [
    call(get_user_pages_fast, { addr, write: WRITE, err }),
    when(fault_failed(err), [force_sig(err), go_to('out')]),
    pin_store(word),
    call(put_pinned_page),
    label('out'),
  ],
});
