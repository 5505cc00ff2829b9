import { ats_translate, load } from '../../src/kernel/access.js';
import { DIRTY, entry_target, mk_pte, READ_ONLY, WRITE } from '../../src/kernel/entry.js';
import {
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
} from '../../src/kernel/notifier.js';
import { copy_user_highpage } from '../../src/kernel/highmem.js';
import { alloc_page_vma, put_page } from '../../src/kernel/page.js';
import {
  pte_offset_map_lock,
  pte_unmap_unlock,
  ptep_clear_flush_notify,
  set_pte_at,
} from '../../src/kernel/pgtable.js';
import { let_ } from '../../src/kernel/range.js';
import { page_add_new_anon_rmap, page_remove_rmap } from '../../src/kernel/rmap.js';
import { flags, go_to, label, not, number, when } from '../../src/program/build.js';
import type { Callable } from '../../src/program/callable.js';
import { insert, mute, type Edit, type Model } from '../../src/program/model.js';
import { operation } from '../../src/program/operation.js';
import { flush_tlb_mm } from '../../src/kernel/tlb.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case } from '../../src/scenario/case.js';

const PAGE = number(1);

/** Gives an address a copy of its page, and drops the old page before the bracket is closed. */
const replace = operation({
  name: 'replace',
  from: 'mm/replace.c',
  takes: ['addr'],
  locals: ['old_page', 'new_page', 'pte', 'entry'],
  steps: ({ addr, old_page, new_page, pte, entry }) => [
    when(not(alloc_page_vma(new_page)), [go_to('out')]),
    mmu_notifier_invalidate_range_start(addr, PAGE),
    pte_offset_map_lock(addr, pte),
    ptep_clear_flush_notify(addr, pte, entry),
    let_(old_page, entry_target(entry)),
    copy_user_highpage(new_page, old_page),
    page_add_new_anon_rmap(new_page, addr),
    set_pte_at(addr, pte, mk_pte(new_page, flags(WRITE, DIRTY))),
    page_remove_rmap(old_page),
    put_page(old_page),
    pte_unmap_unlock(pte),
    mmu_notifier_invalidate_range_end(addr, PAGE),
    label('out'),
  ],
});

const read = operation({
  name: 'read',
  from: 'device',
  takes: ['addr', 'word'],
  steps: ({ addr, word }) => [
    label('again'),
    when(not(load(addr, word)), [when(ats_translate(addr, READ_ONLY), [go_to('again')])]),
  ],
});

export const callables: readonly Callable[] = [
  {
    operation: replace,
    by: 'cpu',
    args: ['addr'],
    on: ['anon'],
    choices: ['page-allocation-fails'],
    writes: false,
  },
  { operation: read, by: 'device', args: ['addr', 'word'], on: ['anon'], choices: [], writes: false },
];

const kernel = (name: string, edits: readonly Edit[]): Model => ({
  name,
  about: '',
  readFrom: 'v4.14',
  era: '4.13-4.14',
  cowReuse: 'mapcount',
  edits,
});

export const strict = kernel('strict', []);
/** Leaves the notification to the end of the bracket. */
export const late = kernel('late', [
  mute('replace', 'after-clear'),
  insert('replace', 'after', { callee: 'page_remove_rmap' }, [flush_tlb_mm(replace.takes[0])]),
]);

export const lab = new Laboratory(callables, late, strict);

/** A device reads a page, its page is replaced, the device reads again before the bracket is closed. */
export const readsFreedPage: Case = {
  world: {
    mms: [
      [
        {
          vma: 'anon',
          writable: true,
          mergeable: false,
          file: 0,
          map: 'pages',
          pages: ['none', 'page', 'none', 'none'],
        },
        {
          vma: 'none',
          writable: true,
          mergeable: false,
          file: 0,
          map: 'pages',
          pages: ['none', 'none', 'none', 'none'],
        },
      ],
    ],
    files: [],
    frames: 8,
    swapSlots: 1,
  },
  hardware: {},
  threads: [
    { kind: 'cpu', mm: 0, operations: [{ name: 'replace', args: [1], choices: [] }] },
    {
      kind: 'device',
      mm: 0,
      operations: [
        { name: 'read', args: [1, 0], choices: [] },
        { name: 'read', args: [1, 0], choices: [] },
      ],
    },
  ],
  schedule: [
    { thread: 1, operation: 0, path: '', occurrence: 1 },
    { thread: 0, operation: 0, path: 'replace:12 pte_unmap_unlock', occurrence: 1 },
    { thread: 1, operation: 1, path: '', occurrence: 1 },
  ],
};
