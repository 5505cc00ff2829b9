import { expect, test } from '@jest/globals';

import { is_migration_entry, pte_none } from '../../src/kernel/entry.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import {
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
} from '../../src/kernel/notifier.js';
import { copy_user_highpage } from '../../src/kernel/highmem.js';
import {
  alloc_page_vma,
  get_page,
  lock_page,
  put_page,
  trylock_page,
  unlock_page,
} from '../../src/kernel/page.js';
import { pte_get, pte_offset_map_lock, pte_unmap_unlock } from '../../src/kernel/pgtable.js';
import { equal, is_zero, let_, next_page, plus } from '../../src/kernel/range.js';
import { inc_tlb_flush_pending } from '../../src/kernel/tlb.js';
import { call, each, go_to, label, not, number, when } from '../../src/program/build.js';
import { checkOperations } from '../../src/program/check.js';
import { drop, type Model } from '../../src/program/model.js';
import { operation } from '../../src/program/operation.js';
import { problemText } from '../../src/program/problem.js';
import type { Register, Step } from '../../src/program/step.js';

type Names = 'addr' | 'count' | 'pte' | 'entry' | 'page' | 'cursor' | 'at' | 'flag';
type Steps = (r: Record<Names, Register>) => readonly Step[];

const ONE = number(1);

const made = (steps: Steps): ReturnType<typeof operation> =>
  operation({
    name: 'op',
    from: 'mm/op.c',
    takes: ['addr', 'count'],
    locals: ['pte', 'entry', 'page', 'cursor', 'at', 'flag'],
    steps,
  });

const problems = (steps: Steps): readonly string[] => checkOperations([made(steps)]).map(problemText);

const good: [string, Steps][] = [
  [
    'a lock that is taken and released',
    ({ addr, pte }) => [pte_offset_map_lock(addr, pte), pte_unmap_unlock(pte)],
  ],
  [
    'a lock that is released on every way out',
    ({ addr, pte, entry }) => [
      pte_offset_map_lock(addr, pte),
      pte_get(pte, entry),
      when(pte_none(entry), [pte_unmap_unlock(pte), go_to('out')]),
      pte_unmap_unlock(pte),
      label('out'),
    ],
  ],
  [
    'a trylock that fails',
    ({ addr, page }) => [
      let_(page, addr),
      when(not(trylock_page(page)), [go_to('out')]),
      unlock_page(page),
      label('out'),
    ],
  ],
  [
    'a lock named through a copy and a value of its register',
    ({ addr, at }) => [let_(at, addr), down_read(mmap_sem(addr)), up_read(mmap_sem(at))],
  ],
  [
    'a lock that a flag says is held',
    ({ addr, entry, pte, flag }) => [
      let_(flag, number(0)),
      let_(entry, addr),
      when(pte_none(entry), [pte_offset_map_lock(addr, pte), let_(flag, ONE)]),
      inc_tlb_flush_pending(addr),
      when(equal(flag, ONE), [let_(pte, addr), pte_unmap_unlock(pte)]),
    ],
  ],
  [
    'a lock taken and released under the same test of a register',
    ({ addr, count }) => [
      when(is_migration_entry(count), [lock_page(addr)]),
      inc_tlb_flush_pending(addr),
      when(is_migration_entry(count), [unlock_page(addr)]),
    ],
  ],
  [
    'a bracket around a loop that locks in every turn',
    ({ addr, count, cursor, at, pte }) => [
      mmu_notifier_invalidate_range_start(addr, count),
      each(next_page(addr, count, cursor, at), [pte_offset_map_lock(at, pte), pte_unmap_unlock(pte)]),
      mmu_notifier_invalidate_range_end(addr, count),
    ],
  ],
  [
    'a variable that begins as 0',
    ({ count, entry, flag }) => [when(is_zero(count), [let_(flag, ONE)]), let_(entry, plus(flag, ONE))],
  ],
  [
    'a page that is copied into and given away',
    ({ addr, page }) => [when(alloc_page_vma(page), [copy_user_highpage(page, addr), put_page(page)])],
  ],
];

test.each(good)('nothing is said against %s', (_name, steps) => {
  expect(problems(steps)).toEqual([]);
});

const bad: [string, Steps, readonly string[]][] = [
  [
    'a lock that one way out keeps',
    ({ addr, pte, entry }) => [
      pte_offset_map_lock(addr, pte),
      pte_get(pte, entry),
      when(pte_none(entry), [go_to('out')]),
      pte_unmap_unlock(pte),
      label('out'),
    ],
    ['op:1 pte_offset_map_lock: ptl is taken and not released on every path'],
  ],
  [
    'a lock released twice',
    ({ addr, pte }) => [pte_offset_map_lock(addr, pte), pte_unmap_unlock(pte), pte_unmap_unlock(pte)],
    ['op:3 pte_unmap_unlock: ptl is released, and on some path it is not held'],
  ],
  [
    'a trylock that is undone where it failed',
    ({ addr }) => [when(trylock_page(addr), [unlock_page(addr)], [unlock_page(addr)])],
    ['op:3 unlock_page: page_lock is released, and on some path it is not held'],
  ],
  [
    'a sleep under a spinlock',
    ({ addr, pte, page }) => [
      pte_offset_map_lock(addr, pte),
      when(alloc_page_vma(page), [put_page(page)]),
      pte_unmap_unlock(pte),
    ],
    ['op:2 alloc_page_vma: alloc_page_vma may sleep and is called with ptl held'],
  ],
  [
    'a bracket that is not closed',
    ({ addr, count }) => [
      mmu_notifier_invalidate_range_start(addr, count),
      when(is_zero(count), [mmu_notifier_invalidate_range_end(addr, count)]),
    ],
    ['op:1 mmu_notifier_invalidate_range_start: range is taken and not released on every path'],
  ],
  [
    'a lock that a loop takes in every turn',
    ({ addr, count, cursor, at, pte }) => [
      each(next_page(addr, count, cursor, at), [pte_offset_map_lock(at, pte)]),
    ],
    [
      'op:2 pte_offset_map_lock: ptl is taken and not released on every path',
      'op:2 pte_offset_map_lock: ptl is taken again before it is released',
    ],
  ],
  [
    'a page that is allocated and lost',
    ({ page }) => [when(alloc_page_vma(page), [])],
    ['op:1 alloc_page_vma: a page reference is taken and never spoken of again'],
  ],
  [
    'references that a loop takes and forgets',
    ({ addr, count, cursor, at }) => [each(next_page(addr, count, cursor, at), [get_page(at)])],
    [
      'op:2 get_page: a page reference is taken and never spoken of again',
      'op:1 for_each_page: the register of a page reference is written again before the reference was spoken of',
    ],
  ],
  [
    'a page looked up on one path and read on all',
    ({ count, entry, page }) => [
      when(is_zero(count), [when(alloc_page_vma(page), [put_page(page)])]),
      let_(entry, plus(page, ONE)),
    ],
    ['op:4 let: page is read, and a path leads here on which nothing has written it'],
  ],
  [
    'what a test gives, read where it does not hold',
    ({ page }) => [when(alloc_page_vma(page), [put_page(page)], [put_page(page)])],
    ['op:3 put_page: page is read, and a path leads here on which nothing has written it'],
  ],
  [
    'a step behind a goto',
    ({ addr }) => [go_to('out'), inc_tlb_flush_pending(addr), label('out')],
    ['op:2 inc_tlb_flush_pending: no path leads to this step'],
  ],
  ['a goto without a label', () => [go_to('out')], ['op:1 goto out: goto out has no label']],
  ['a label without a goto', () => [label('out')], ['op:1 label: no goto goes to the label out']],
  [
    'too few arguments',
    ({ addr }) => [pte_offset_map_lock(addr)],
    ['op:1 pte_offset_map_lock: has 1 arguments; expected 2'],
  ],
  [
    'a register of another operation',
    () => [inc_tlb_flush_pending({ kind: 'register', name: 'addr' })],
    ['op:1 inc_tlb_flush_pending: the register addr is not declared'],
  ],
  [
    'a constant that is written',
    ({ addr }) => [pte_get(addr, ONE)],
    ['op:1 ptep_get: writes entry, which must be a register'],
  ],
];

test.each(bad)('%s is found', (_name, steps, expected) => {
  expect([...problems(steps)].sort()).toEqual([...expected].sort());
});

test('a step value that stands at two places is found', () => {
  const flush = inc_tlb_flush_pending(number(0));
  expect(problems(() => [flush, flush])).toEqual([
    'op:2 inc_tlb_flush_pending: the same step value stands at another place too; edits cannot tell them apart',
  ]);
});

test('calls are followed in place, and named on the way', () => {
  const lock = operation({
    name: 'lock',
    from: 'mm/lock.c',
    takes: ['a'],
    gives: ['p'],
    steps: ({ a, p }) => [pte_offset_map_lock(a, p)],
  });
  expect(problems(({ addr, pte }) => [call(lock, { a: addr, p: pte }), pte_unmap_unlock(pte)])).toEqual([]);
  expect(problems(({ addr, pte, page }) => [call(lock, { a: addr, p: pte }), lock_page(page)])).toEqual([
    'op:2 lock_page: page is read, and a path leads here on which nothing has written it',
    'op:2 lock_page: lock_page may sleep and is called with ptl held',
    'op:1 lock:1 pte_offset_map_lock: ptl is taken and not released on every path',
    'op:2 lock_page: page_lock is taken and not released on every path',
  ]);
});

test('a kernel that drops an unlock is found', () => {
  const op = made(({ addr, pte }) => [pte_offset_map_lock(addr, pte), pte_unmap_unlock(pte)]);
  const model: Model = {
    name: 'm',
    about: '',
    readFrom: '',
    era: '4.13-4.14',
    cowReuse: 'mapcount',
    edits: [drop('op', { callee: 'pte_unmap_unlock' })],
  };
  expect(checkOperations([op], model).map(problemText)).toEqual([
    'op:1 pte_offset_map_lock: ptl is taken and not released on every path',
  ]);
});
