import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { pte_offset_map_lock } from '../../src/kernel/pgtable.js';
import { drop, insert, type Model } from '../../src/program/model.js';
import { operationsWith } from '../../src/program/operations-in.js';
import type { Register } from '../../src/program/step.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case, Region } from '../../src/scenario/case.js';
import { ends, segments, stops } from '../corpus/write-case.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const SCHEDULES = 2000;

function region(map: Region['map']): Region {
  return {
    vma: 'anon',
    writable: true,
    mergeable: false,
    file: 0,
    map,
    pages: ['none', 'none', 'none', 'none'],
  };
}

/** One call: its name, its arguments, its choices. */
type Called = readonly [name: string, args: readonly number[], ...choices: string[]];

/** A case whose first region is mapped as `map` in each of `mms` mms; all threads run in the first. */
function caseOf(map: Region['map'], mms: number, programs: readonly (readonly Called[])[]): Case {
  return {
    world: {
      mms: Array.from({ length: mms }, () => [region(map), region('pages')]),
      files: [],
      frames: 32,
      swapSlots: 4,
    },
    hardware: {},
    threads: programs.map((calls) => ({
      kind: 'cpu' as const,
      mm: 0,
      operations: calls.map(([name, args, ...choices]) => ({ name, args, choices })),
    })),
    schedule: [],
  };
}

const named = (name: string): Model => models.find((m) => m.name === name)!;

/** The kinds of verdict that the model meets on the case under many schedules. */
function verdicts(model: string | Model, c: Case, schedules = SCHEDULES): readonly string[] {
  const kernel = typeof model === 'string' ? named(model) : model;
  const lab = new Laboratory(callables, kernel, kernel);
  const kinds = new Set<string>();
  for (let i = 0; i < schedules; i++) {
    const prng = new Prng(`huge/${i}`);
    const { finding } = lab.attempt(c, strategyNamed('mixed').make(prng));
    if (finding !== undefined) kinds.add(finding.violation.kind);
  }
  return [...kinds].sort();
}

const lazyFree = caseOf('huge', 1, [
  [
    ['madvise_free', [0, 4]],
    ['user_write', [1, 0]],
  ],
  [
    ['split_huge_pages_set', [0]],
    ['shrink_page_list', [1]],
  ],
]);

test('v4.14 loses the dirty bit of a write between the sample and the invalidation of a split', () => {
  expect(verdicts('v4.14', lazyFree)).toEqual(['lost-dirty']);
  expect(verdicts('always-notify', lazyFree)).toEqual([]);
});

test.each([[[]], [['huge-allocation-fails']]])(
  'MADV_DONTNEED of v4.14 passes by a huge page that is being copied, choices %j',
  (choices) => {
    const copied = caseOf('huge-shared', 2, [
      [['user_write', [0, 0], ...choices]],
      [
        ['madvise_dontneed', [0, 4]],
        ['user_read', [1, 0]],
      ],
    ]);
    expect(verdicts('v4.14', copied)).toEqual(['lost-write', 'stale-read']);
    expect(verdicts('always-notify', copied)).toEqual([]);
  },
);

test('a huge page is split, collapsed again and written by both mms that share it, without a verdict', () => {
  const churn = caseOf('huge-shared', 2, [
    [
      ['user_write', [0, 0]],
      ['khugepaged_scan_pmd', [0]],
      ['user_write', [1, 0]],
    ],
    [
      ['split_huge_pages_set', [8]],
      ['split_huge_pages_set', [0]],
      ['user_read', [0, 0]],
    ],
  ]);
  expect(verdicts('always-notify', churn)).toEqual([]);
});

/** Two pages of a tmpfs file are mapped at the start, in the first of `regions`. */
function shmemCase(programs: readonly (readonly Called[])[], regions = 2): Case {
  const mapped: Region = { ...region('pages'), vma: 'shmem', pages: ['written', 'page', 'none', 'none'] };
  const empty = Array.from({ length: regions - 1 }, () => region('pages'));
  const c = caseOf('pages', 1, programs);
  return { ...c, world: { ...c.world, mms: [[mapped, ...empty]], files: ['shmem'] } };
}

test('a hole punch of v4.14 zeroes the huge page of a collapse that fails, and leaves the page that is put back', () => {
  const punched = shmemCase([[['khugepaged_scan_shmem', [0]]], [['shmem_fallocate', [0, 2]]]]);
  expect(verdicts('v4.14', punched, 8000)).toEqual(['stale-read']);
  expect(verdicts('always-notify', punched)).toEqual([]);
});

/** The pages of a tmpfs file are one huge page, which a PMD maps. */
function hugeShmemCase(programs: readonly (readonly Called[])[]): Case {
  const c = caseOf('huge', 1, programs);
  const mapped: Region = { ...region('huge'), vma: 'shmem' };
  return { ...c, world: { ...c.world, mms: [[mapped, region('pages')]], files: ['shmem'] } };
}

test('the split of a huge page of tmpfs takes its entry from every CPU, or is reported', () => {
  const split = hugeShmemCase([[['split_huge_pages_set', [0]]], [['user_write', [1, 0]]]]);
  const flush = { callee: 'pmdp_huge_clear_flush_notify', branch: 'file', part: 'flush' };
  const reference = named('always-notify');
  const forgetful = { ...reference, edits: [...reference.edits, drop('__split_huge_pmd_locked', flush)] };
  expect(verdicts(reference, split, 300)).toEqual([]);
  expect(verdicts(forgetful, split, 300)).toEqual(['stale-entry']);
});

test('a hole in a part of a huge page of tmpfs splits it from v5.7 on, beside its users', () => {
  const punched = hugeShmemCase([
    [['shmem_fallocate', [1, 1]]],
    [
      ['user_write', [1, 0]],
      ['user_read', [2, 0]],
    ],
  ]);
  for (const name of ['v5.10', 'v6.6']) expect(verdicts(name, punched, 500)).toEqual([]);
  const v6_6 = named('v6.6');
  const unmaps = drop('split_huge_page_to_list', { callee: '__split_huge_pmd' });
  expect(verdicts({ ...v6_6, edits: [...v6_6.edits, unmaps] }, punched, 500)).toEqual([]); // zeroed instead
  const zeroes = drop('shmem_undo_range', { callee: 'clear_highpage', put: true });
  expect(verdicts({ ...v6_6, edits: [...v6_6.edits, unmaps, zeroes] }, punched, 500)).toEqual(['stale-read']);
});

test('a hole punch that waits for whoever moves a huge entry between two places leaves no device the page that it frees', () => {
  const dax: Region = { ...region('huge'), vma: 'dax' };
  const one = caseOf('huge', 1, [
    [['ext4_punch_hole', [0, 1]]],
    [['mremap', [0, 4, 4]]],
    [['device_write', [0, 0]]],
  ]);
  const [punch, move, device] = one.threads;
  const c: Case = {
    ...one,
    world: { ...one.world, mms: [[dax, { ...region('pages'), vma: 'none' }]], files: ['dax'] },
    threads: [punch, move, { ...device, kind: 'device' }],
  };
  const reference = named('always-notify');
  const waits = (e: (typeof reference.edits)[number]): boolean =>
    'why' in e && e.why?.includes('waits for whoever is clearing') === true;
  const v6_12 = named('v6.12');
  const patient = { ...v6_12, edits: [...v6_12.edits, ...reference.edits.filter(waits)] };
  for (const [model, verdict] of [
    [v6_12, 'freed-page-write'],
    [patient, undefined],
  ] as const) {
    const lab = new Laboratory(callables, model, model);
    const schedule = segments(lab, c.threads, [
      stops(2, 0, 'device_write', 'post'),
      stops(1, 0, 'mremap move_vma move_page_tables move_huge_pmd', 'set_pmd_at'),
      ends(0, 0),
      ends(2, 0),
    ]);
    expect(lab.replay({ ...c, schedule }, 'candidate').violation?.kind).toBe(verdict);
  }
});

const operations = operationsWith(
  callables.map((c) => c.operation),
  [],
);

/** v6.6 but for one function, which takes it that the table of PTEs that it has seen still is there. */
function forgets(name: string, addr = 'addr', pte = 'pte', nth = 1): Model {
  const at = { callee: 'pte_offset_map_lock', put: true, nth } as const;
  const { takes, locals } = operations.find((o) => o.name === name)!;
  const of = (r: string): Register => [...takes, ...locals].find((x) => x.name === r)!;
  const lock = insert(name, 'before', at, [pte_offset_map_lock(of(addr), of(pte))]);
  const v6_6 = named('v6.6');
  return { ...v6_6, name: 'forgets', edits: [...v6_6.edits, lock, drop(name, at)] };
}

test.each<readonly [string, Model, readonly Called[]]>([
  [
    'a fault',
    forgets('handle_mm_fault'),
    [
      ['clear_refs_write', []],
      ['user_write', [0, 0]],
    ],
  ],
  ['MADV_DONTNEED', forgets('zap_pte_range'), [['madvise_dontneed', [0, 4]]]],
  ['mprotect', forgets('change_pte_range'), [['mprotect', [0, 4, 0]]]],
  ['clear_refs', forgets('clear_refs_pte_range'), [['clear_refs_write', []]]],
  ['mremap', forgets('move_ptes', 'old_addr', 'old_pte'), [['mremap', [0, 4, 4]]]],
])('khugepaged of v6.6 takes a page table from under %s, which looks again', (_what, forgetful, calls) => {
  const beside = shmemCase([[['khugepaged_scan_shmem', [0]]], calls]);
  expect(verdicts('v6.6', beside, 1000)).toEqual([]);
  expect(verdicts(forgetful, beside, 1000)).toEqual(['contract']);
});

test('khugepaged of v6.6 takes the table that mremap has just made, and mremap makes another', () => {
  // the old address is not aligned, so that only the new table can go
  const calls: readonly Called[] = [
    ['mremap', [0, 4, 5]],
    ['mremap', [5, 4, 12]],
  ];
  const beside = shmemCase([[['khugepaged_scan_shmem', [0]]], calls], 4);
  expect(verdicts('v6.6', beside, 1000)).toEqual([]);
  expect(verdicts(forgets('move_ptes', 'new_addr', 'new_pte', 2), beside, 1000)).toEqual(['contract']);
});
