import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case, PageState, VmaKind } from '../../src/scenario/case.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const reference = models.find((m) => m.name === 'always-notify')!;

/** One call: its name, its arguments. */
type Called = readonly [name: string, ...args: number[]];

/** A case on one page in the given state; a thread that begins with an access of a device is one, all others are CPUs. */
function caseOf(vma: VmaKind, state: PageState, programs: readonly (readonly Called[])[]): Case {
  const rest = ['none', 'none', 'none'] as const;
  const region = { writable: true, mergeable: false, file: 0, map: 'pages' } as const;
  return {
    world: {
      mms: [
        [
          { ...region, vma, pages: [state, ...rest] },
          { ...region, vma: 'none', writable: false, pages: ['none', ...rest] },
        ],
      ],
      files: ['page-cache'],
      frames: 24,
      swapSlots: 4,
    },
    hardware: {},
    threads: programs.map((calls) => ({
      kind: calls[0][0].startsWith('device') ? ('device' as const) : ('cpu' as const),
      mm: 0,
      operations: calls.map(([name, ...args]) => ({ name, args, choices: [] })),
    })),
    schedule: [],
  };
}

/** The kinds of verdict that the model meets on the case under so many schedules. */
function verdicts(model: string, c: Case, schedules: number): readonly string[] {
  const kernel = models.find((m) => m.name === model)!;
  const lab = new Laboratory(callables, kernel, kernel);
  const kinds = new Set<string>();
  for (let i = 0; i < schedules; i++) {
    const prng = new Prng(`reclaim/${i}`);
    const { finding } = lab.attempt(c, strategyNamed('pct').make(prng));
    if (finding !== undefined) kinds.add(finding.violation.kind);
  }
  return [...kinds].sort();
}

const readTwice: readonly Called[] = [
  ['user_read', 0, 0],
  ['user_read', 0, 0],
];
const reclaimed = (vma: VmaKind, state: PageState): Case =>
  caseOf(vma, state, [[['shrink_page_list', 0]], [['user_write', 0, 0]], readTwice]);
const unmappedAndSynced = caseOf('file-shared', 'written', [
  [['madvise_dontneed', 0, 4]],
  [
    ['writeback', 0],
    ['fsync', 0],
  ],
  [
    ['device_write', 0, 0],
    ['device_write', 0, 0],
  ],
]);

test('v4.14 lets a page leave the page cache before the CPUs have flushed it, and the reference does not', () => {
  expect(verdicts('v4.14', reclaimed('file-shared', 'page'), 3000)).toEqual(['stale-read']);
  expect(verdicts('always-notify', reclaimed('file-shared', 'page'), 3000)).toEqual([]);
});

test('v4.14 drops a lazily freed page before the CPUs have flushed it, and the reference does not', () => {
  expect(verdicts('v4.14', reclaimed('anon', 'lazyfree'), 3000)).toEqual(['stale-read']);
  expect(verdicts('always-notify', reclaimed('anon', 'lazyfree'), 3000)).toEqual([]);
});

test('v4.14 uncounts a dirty file page before its flush, so that a sync misses a write', () => {
  expect(verdicts('v4.14', unmappedAndSynced, 8000)).toEqual(['lost-dirty']);
  expect(verdicts('always-notify', unmappedAndSynced, 3000)).toEqual([]);
});

test('a poisoned page is judged for no contents, whoever reads and reclaims it', () => {
  for (const vma of ['anon', 'file-shared', 'file-private'] as const) {
    const state = vma === 'anon' ? 'page' : 'written';
    const c = caseOf(vma, state, [
      [['memory_failure', 0]],
      [
        ['user_write', 0, 0],
        ['fsync', 0],
      ],
      [
        ['shrink_page_list', 0],
        ['user_read', 0, 0],
      ],
    ]);
    expect(verdicts('always-notify', c, 1000)).toEqual([]);
  }
});

test('a sync that cleans one mapping promises nothing of another, which a NUMA hint has changed and not flushed', () => {
  const one = caseOf('file-shared', 'written', [[['fsync', 0]]]);
  const [[first, empty]] = one.world.mms;
  const other = { ...first, pages: ['page', 'none', 'none', 'none'] } as const;
  const reader = (...calls: readonly Called[]): Case['threads'][number] => ({
    kind: 'cpu',
    mm: 1,
    operations: calls.map(([name, ...args]) => ({ name, args, choices: [] })),
  });
  const c: Case = {
    ...one,
    world: {
      ...one.world,
      mms: [
        [first, empty],
        [other, empty],
      ],
    },
    threads: [
      ...one.threads,
      reader(['user_read', 8, 0], ['user_read', 8, 0]),
      reader(['task_numa_work', 8, 4]),
    ],
  };
  const lab = new Laboratory(callables, reference, reference);
  const paths = lab.trace(c, 'candidate').steps.map((s) => s.path);
  const until = (thread: number, operation: number, path = ''): Case['schedule'][number] => ({
    thread,
    operation,
    path,
    occurrence: 1,
  });
  const flush = paths.find((p) => p.includes('task_numa_work') && p.endsWith('tlb_flush_mmu_tlbonly.flush'))!;
  const sync = paths.find((p) => p.includes('fsync') && p.endsWith('up_read'))!;
  const schedule = [until(1, 0), until(2, 0, flush), until(0, 0, sync), until(1, 1)];
  expect(lab.replay({ ...c, schedule }, 'candidate').violation).toBeUndefined();
});
