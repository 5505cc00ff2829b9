import { expect, test } from '@jest/globals';

import { callables, models, notifier } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { builtIn } from '../../src/cli/load-model.js';
import { set_range_ops } from '../../src/kernel/bind.js';
import { down_read, mmap_sem, up_read } from '../../src/kernel/locks.js';
import { is_zero } from '../../src/kernel/range.js';
import { umem_mutex_lock } from '../../src/kernel/umem-odp.js';
import { call, go_to, label, not, number, when } from '../../src/program/build.js';
import type { Callable } from '../../src/program/callable.js';
import { drop, insert, type Edit, type Model } from '../../src/program/model.js';
import { operation } from '../../src/program/operation.js';
import { operationsIn } from '../../src/program/operations-in.js';
import type { Operation } from '../../src/program/step.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

/** Every clause of the contract has a variant of the kernel that breaks it, and is reported with both steps and its rule. */

const {
  mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_start,
  mmu_notifier_invalidate_range_start_nonblock,
} = notifier;
const register = { models, operations: operationsIn(callables.map((c) => c.operation)) };
const reference = builtIn('always-notify', register);
const broken = (model: Model, ...edits: Edit[]): Model => ({
  ...model,
  name: 'broken',
  edits: [...model.edits, ...edits],
});

const KVM = [0, 1, 0, 0];
const INTERVAL = [0, 0, 1, 0];
const LEGACY = [0, 0, 0, 1];
const SVA = [1, 0, 0, 0];

interface Try {
  readonly model: Model;
  readonly operations: readonly string[];
  readonly subscribers: readonly number[];
  readonly cases: number;
  readonly more?: readonly Callable[];
}

/** What the contract says of the candidate in so many cases, until `wanted` is among it. */
function said(how: Try, wanted?: RegExp): readonly string[] {
  const all = [...callables, ...(how.more ?? [])];
  const lab = new Laboratory(all, how.model, how.model);
  const generate = caseGenerator(all, {
    operations: how.operations,
    subscribers: how.subscribers,
    hardware: 'conforming',
  });
  const texts: string[] = [];
  for (let i = 0; i < how.cases; i++) {
    const prng = new Prng(`contract/${i}`);
    const { finding } = lab.attempt(generate(prng), strategyNamed('mixed').make(prng));
    if (finding?.violation.kind !== 'contract') continue;
    texts.push(finding.violation.text);
    if (wanted?.test(finding.violation.text) === true) break;
  }
  return texts;
}

/** Part of the reaper's turn: a start that may not block over one page. */
function reaper(name: string, inside: (o: Operation) => Operation, endsAlways: boolean): Callable {
  const start = inside(mmu_notifier_invalidate_range_start_nonblock);
  const turn = operation({
    name,
    from: 'test',
    takes: ['addr'],
    locals: ['refused'],
    steps: ({ addr, refused }) => [
      down_read(mmap_sem(addr)),
      call(start, { start: addr, count: number(1), refused }),
      ...(endsAlways ? [] : [when(not(is_zero(refused)), [go_to('out')])]),
      mmu_notifier_invalidate_range_end(addr, number(1)),
      ...(endsAlways ? [] : [label('out')]),
      up_read(mmap_sem(addr)),
    ],
  });
  const choices = ['notifier-would-block'];
  return { operation: turn, by: 'cpu', args: ['any-addr'], on: ['anon'], choices, writes: false };
}
const right = reaper('oom_reap', (o) => o, false);
const endsRefused = reaper('oom_reap_ends', (o) => o, true);

const named = (name: string): Operation => register.operations.find((o) => o.name === name)!;
const addr = named('wp_page_copy').takes[0];
const mn = named('bind_device').takes[0];
const ONE = number(1);
const NONE = number(0);
const START = { callee: 'mmu_notifier_invalidate_range_start' };
const END = { callee: 'mmu_notifier_invalidate_range_end' };
const v4_12 = builtIn('v4.12', register);
/** try_to_unmap_one does not call invalidate_page. */
const untold: Model = {
  ...v4_12,
  name: 'untold',
  edits: v4_12.edits.filter(
    (e) => e.kind !== 'insert' || !JSON.stringify(e.steps).includes('mmu_notifier_invalidate_page'),
  ),
};
const bothKinds = insert('bind_device', 'before', { callee: 'mmu_notifier_register' }, [set_range_ops(mn)]);

const CLAUSES: readonly (readonly [string, RegExp, Try])[] = [
  [
    'a bracket that is not closed',
    /returns with an open mmu_notifier range; the bracket was opened at step \d+ \(.*wp_page_copy:\d+ .*must be paired/,
    {
      model: broken(reference, drop('wp_page_copy', END)),
      operations: ['dup_mmap'],
      subscribers: SVA,
      cases: 3000,
    },
  ],
  [
    'a bracket whose end no subscriber hears of',
    /took a range_start that nothing ended; the bracket was opened at step \d+ .*must be paired/,
    {
      model: broken(reference, drop('wp_page_copy', { ...END, part: 'callbacks' })),
      operations: ['dup_mmap'],
      subscribers: KVM,
      cases: 3000,
    },
  ],
  [
    'an end after a refused start',
    /a range is ended that was not started; the start was refused at step \d+ .*must be paired/,
    {
      model: reference,
      operations: ['oom_reap_ends'],
      subscribers: INTERVAL,
      cases: 3000,
      more: [endsRefused],
    },
  ],
  [
    'a bracket under a page-table lock',
    /may sleep and was called under a spinlock; the spinlock was taken at step \d+ .*mmu_notifier.h/,
    {
      model: broken(
        reference,
        insert('wp_page_copy', 'after', { callee: 'pte_offset_map_lock' }, [
          mmu_notifier_invalidate_range_start(addr, ONE),
          mmu_notifier_invalidate_range_end(addr, ONE),
        ]),
      ),
      operations: ['dup_mmap'],
      subscribers: SVA,
      cases: 3000,
    },
  ],
  [
    'a callback that sleeps under a page-table lock (invalidate_page, v4.12)',
    /mutex_lock may sleep and was called under a spinlock; the spinlock was taken at step \d+/,
    { model: builtIn('v4.12', register), operations: ['shrink_page_list'], subscribers: LEGACY, cases: 6000 },
  ],
  [
    'a callback that sleeps in a start that may not block',
    /mutex_lock may sleep and was called in a start that may not block; the bracket was opened at step \d+ .*v5.0/,
    {
      model: broken(
        reference,
        insert('mn_itree_invalidate_nonblock', 'after', { callee: 'mn_itree_inv_start_range' }, [
          umem_mutex_lock(NONE),
        ]),
      ),
      operations: ['oom_reap'],
      subscribers: INTERVAL,
      cases: 3000,
      more: [right],
    },
  ],
  [
    'a change outside every bracket',
    /the entry of frame \d+ goes away at page \d+ outside every open bracket, while subscriber \d.*range_start and range_end alone/,
    {
      model: broken(reference, drop('wp_page_copy', START), drop('wp_page_copy', END)),
      operations: ['dup_mmap'],
      subscribers: KVM,
      cases: 3000,
    },
  ],
  [
    'a bracket over no pages',
    /in a bracket over no pages, while subscriber \d.*; the bracket was opened at step \d+ .*holds all pages/,
    {
      model: broken(
        reference,
        drop('wp_page_copy', START),
        insert('wp_page_copy', 'before', START, [mmu_notifier_invalidate_range_start(addr, NONE)]),
      ),
      operations: ['dup_mmap'],
      subscribers: KVM,
      cases: 3000,
    },
  ],
  [
    'an unregistration that waits for nobody',
    /runs after it was unregistered; it was unregistered at step \d+ \(.*no method of the notifier can run/,
    {
      model: broken(
        reference,
        drop('mmu_notifier_unregister', { callee: 'srcu_advance_batches' }),
        drop('mmu_notifier_unregister', { callee: 'synchronize_srcu' }),
      ),
      operations: ['unbind_device', 'madvise_dontneed'],
      subscribers: KVM,
      cases: 20_000,
    },
  ],
  [
    'both kinds of callbacks on one subscription, from v6.6',
    /registers arch_invalidate_secondary_tlbs and invalidate_range_start together.*v6.6/,
    {
      model: broken(builtIn('v6.6', register), bothKinds),
      operations: ['bind_device', 'unbind_device'],
      subscribers: SVA,
      cases: 3000,
    },
  ],
  [
    'an address that invalidate_page does not name, up to v4.12',
    /no invalidate_page or range told subscriber \d.*v4.12: invalidate_page/,
    {
      model: untold,
      operations: ['shrink_page_list'],
      subscribers: KVM,
      cases: 4000,
    },
  ],
];

test.each(CLAUSES)(
  'the contract names %s, the step it disagrees with and the rule',
  (_what, wanted, how) => {
    expect(said(how, wanted).some((text) => wanted.test(text))).toBe(true);
  },
  120_000,
);

test('both kinds on one subscription are legal before v6.6', () => {
  const model = broken(builtIn('v6.1', register), bothKinds);
  expect(
    said({ model, operations: ['bind_device', 'unbind_device'], subscribers: SVA, cases: 1500 }),
  ).toEqual([]);
}, 120_000);

test('a start that is refused and not ended breaks nothing', () => {
  for (const subscribers of [KVM, INTERVAL, LEGACY, [0, 1, 1, 1]])
    expect(
      said({
        model: reference,
        operations: ['oom_reap', 'dup_mmap'],
        subscribers,
        cases: 700,
        more: [right],
      }),
    ).toEqual([]);
}, 120_000);
