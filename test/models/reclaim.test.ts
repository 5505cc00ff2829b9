import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { MMF } from '../../src/kernel/oom.js';
import { MM } from '../../src/machine/layout.js';
import { verb } from '../../src/machine/verb.js';
import { drop, insert, type Model } from '../../src/program/model.js';
import { DONE } from '../../src/program/primitive.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case, PageState, VmaKind } from '../../src/scenario/case.js';
import { ends, segments, stops } from '../corpus/write-case.js';
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
function verdicts(model: string | Model, c: Case, schedules: number): readonly string[] {
  const kernel = typeof model === 'string' ? models.find((m) => m.name === model)! : model;
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

test('the oom killer chooses no process whose last thread has begun to exit, or its reaper meets page tables that are gone', () => {
  const one = caseOf('anon', 'page', [[['exit_mm']], [['__oom_reap_task_mm', 0]]]);
  const [exits, reaper] = one.threads;
  const mms = [one.world.mms[0], one.world.mms[0]];
  const c: Case = { ...one, world: { ...one.world, mms }, threads: [exits, { ...reaper, mm: 1 }] };
  const chosen = verb('mark_oom_victim_late', ['addr'], (m, _t, addr) => {
    m.words[m.layout.mmAt(addr >> m.layout.pagesShift) + MM.FLAGS] |= MMF.VICTIM;
    return DONE;
  });
  const { name, locals } = callables.find((k) => k.operation.name === '__oom_reap_task_mm')!.operation;
  const [start] = locals.filter((r) => r.name === 'start');
  const late = [
    insert(name, 'before', { callee: 'mark_oom_victim' }, [chosen(start)]),
    drop(name, { callee: 'mark_oom_victim' }),
  ];
  // exit_mmap has seen no victim; the reaper holds the lock of a table that goes
  const runs = [
    stops(0, 0, 'exit_mm exit_mmap', 'unlink_vmas'),
    stops(1, 0, '__oom_reap_task_mm zap_pmd_range zap_pte_range', 'ptep_get'),
    ends(0, 0),
  ];
  const hasty = { ...reference, edits: [...reference.edits, ...late] };
  for (const [model, verdict] of [
    [hasty, 'contract'],
    [reference, undefined],
  ] as const) {
    const lab = new Laboratory(callables, model, model);
    const schedule = segments(lab, c.threads, model === hasty ? runs : runs.slice(0, 1));
    expect(lab.replay({ ...c, schedule }, 'candidate').violation?.kind).toBe(verdict);
  }
});

test('zeros that a fault puts back beside a discard and the oom reaper are what the discard left', () => {
  const one = caseOf('anon', 'none', [
    [['__oom_reap_task_mm', 0]],
    [['madvise_dontneed', 0, 4]],
    [['device_write', 0, 0]],
  ]);
  const [[first, empty]] = one.world.mms;
  const c: Case = { ...one, world: { ...one.world, mms: [[{ ...first, map: 'huge' }, empty]] } };
  const lab = new Laboratory(callables, reference, reference);
  // the fault has seen no reaper under the lock of the PMD, which the reaper then waits for
  const schedule = segments(lab, c.threads, [
    stops(1, 0, 'madvise_dontneed tlb_finish_mmu', 'tlb_flush_mmu_free'),
    stops(
      2,
      0,
      'device_write prq_event_thread handle_mm_fault do_huge_pmd_anonymous_page',
      'page_add_new_anon_rmap',
    ),
  ]);
  const { violation } = lab.replay({ ...c, schedule }, 'candidate');
  expect(violation).toBeUndefined();
});

test('zeros that a fault puts where reclaim drops a freed page beside the oom reaper are what the drop left', () => {
  const c = caseOf('anon', 'lazyfree', [
    [['__oom_reap_task_mm', 0]],
    [['shrink_page_list', 0]],
    [['device_read', 0, 0]],
  ]);
  const lab = new Laboratory(callables, reference, reference);
  const schedule = [
    ...segments(lab, c.threads, [
      stops(1, 0, 'shrink_page_list try_to_unmap', 'page_mapped'),
      stops(2, 0, 'device_read prq_event_thread handle_mm_fault do_anonymous_page', 'set_pte_at'),
    ]),
    // the mm is being reaped, and the page gone, when the drop returns
    { thread: 0, operation: 0, path: '__oom_reap_task_mm:18+ tlb_gather_mmu', occurrence: 1 },
    ...segments(lab, c.threads, [ends(1, 0), ends(2, 0)]),
  ];
  expect(lab.replay({ ...c, schedule }, 'candidate').violation).toBeUndefined();
});

test('the fault that breaks a KSM page of a read-only vma makes it no more writable', () => {
  const scan: Called = ['ksm_scan', 0, 1];
  const one = caseOf('anon', 'page', [[scan], [scan, ['user_write', 0, 0]]]);
  const [[first, empty]] = one.world.mms;
  const readOnly = {
    ...first,
    writable: false,
    mergeable: true,
    pages: ['page', 'page', 'none', 'none'],
  } as const;
  const c: Case = { ...one, world: { ...one.world, mms: [[readOnly, empty]] } };
  const merge = (nth: string, step: string): string =>
    `ksm_scan:${nth} try_to_merge_with_ksm_page:7 try_to_merge_one_page:12 write_protect_page:${step}`;
  // the first scanner has broken the page while the second stands before its own write fault
  const schedule: Case['schedule'] = (
    [
      [0, merge('16', '26 mmu_notifier_invalidate_range_end.end')],
      [1, 'ksm_scan:6 get_mergeable_page:2 down_read'],
      [0, merge('18', '2 mmu_notifier_invalidate_range_start.start')],
      [1, 'ksm_scan:20 break_cow:6 break_ksm:7 handle_mm_fault:35 pte_offset_map'],
    ] as const
  ).map(([thread, path]) => ({ thread, operation: 0, path, occurrence: 1 }));
  const kernel = models.find((m) => m.name === 'v6.6')!;
  const lab = new Laboratory(callables, kernel, kernel);
  expect(lab.replay({ ...c, schedule }, 'candidate').violation).toBeUndefined();
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
