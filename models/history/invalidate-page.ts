import { call, slot, when } from '../../src/program/build.js';
import { mmu_notifier_invalidate_page } from '../../src/kernel/notifier.js';
import { is_zero } from '../../src/kernel/range.js';
import { has } from '../../src/kernel/range.js';
import { number } from '../../src/program/build.js';
import { insert, mute, type Edit } from '../../src/program/model.js';
import type { Arg, Operation, Step } from '../../src/program/step.js';
import type { Change } from '../history.js';
import { __mmu_notifier_invalidate_page } from '../operations/__mmu_notifier_invalidate_page.js';
import { dax_mapping_entry_mkclean } from '../operations/dax_mapping_entry_mkclean.js';
import { page_mkclean_one } from '../operations/page_mkclean_one.js';
import { try_to_unmap_one } from '../operations/try_to_unmap_one.js';
import { dropEvery, register } from './steps-of.js';

/** Up to v4.12 the rmap walks tell subscribers of one address (invalidate_page), outside every bracket. */

const ONE = number(1);

/** The secondary TLBs drop the page, and subscribers that have the callback are called. */
const invalidatePage = (addr: Arg): readonly Step[] => [
  slot('invalidate-page', mmu_notifier_invalidate_page(addr)),
  call(__mmu_notifier_invalidate_page, { addr }),
];

function withoutBracket(operation: Operation): readonly Edit[] {
  return [
    ...dropEvery(operation, 'mmu_notifier_invalidate_range_start'),
    ...dropEvery(operation, 'mmu_notifier_invalidate_range_end'),
  ];
}

const unmap = try_to_unmap_one.name;
const mkclean = page_mkclean_one.name;
const dax = dax_mapping_entry_mkclean.name;
const at = register(try_to_unmap_one, 'addr');
const stop = register(try_to_unmap_one, 'stop');
const addr = register(page_mkclean_one, 'addr');
const ret = register(page_mkclean_one, 'ret');
const address = register(dax_mapping_entry_mkclean, 'address');
const haddr = register(dax_mapping_entry_mkclean, 'haddr');

/** What all of them lack that v4.13 has: the brackets, and invalidate_range under the lock. */
const noBrackets: readonly Edit[] = [
  ...[try_to_unmap_one, page_mkclean_one, dax_mapping_entry_mkclean].flatMap(withoutBracket),
  mute(unmap, 'after-unlink'),
  mute(mkclean, 'after-set'),
  mute(dax, 'after-set'),
];

export const invalidatePages: readonly Change[] = [
  {
    until: '4.13',
    commit: '369ea8242c0f',
    about: 'rmap walks open no bracket and do not call invalidate_range: they tell one address',
    edits: noBrackets,
  },
  {
    until: '4.11',
    commit: 'c7ab0d2fdc84',
    about: 'try_to_unmap_one calls invalidate_page after the lock is dropped, when it took the mapping away',
    edits: [
      insert(unmap, 'after', { callee: 'pte_unmap_unlock' }, [when(is_zero(stop), invalidatePage(at))]),
    ],
  },
  {
    since: '4.11',
    until: '4.13',
    commit: 'c7ab0d2fdc84',
    about:
      'try_to_unmap_one calls invalidate_page under the lock, after the mapping and its reference are gone',
    edits: [insert(unmap, 'after', { callee: 'put_page' }, invalidatePage(at))],
  },
  {
    until: '4.11',
    commit: 'f27176cfc363',
    about: 'page_mkclean_one calls invalidate_page after the lock is dropped, when it cleaned the entry',
    edits: [
      insert(mkclean, 'after', { callee: 'pte_unmap_unlock' }, [when(has(ret, ONE), invalidatePage(addr))]),
    ],
  },
  {
    since: '4.11',
    until: '4.13',
    commit: 'f27176cfc363',
    about: 'page_mkclean_one calls invalidate_page under the lock, when it cleaned the entry',
    edits: [insert(mkclean, 'after', { callee: 'let', nth: 1 }, invalidatePage(addr))],
  },
  {
    until: '4.13',
    commit: 'a4d1a8852513',
    about: 'DAX calls invalidate_page after the lock is dropped, for one address also of a huge entry',
    edits: [
      insert(dax, 'after', { callee: 'spin_unlock', nth: 1 }, invalidatePage(haddr)),
      insert(dax, 'after', { callee: 'pte_unmap_unlock', nth: 1 }, invalidatePage(address)),
    ],
  },
];
