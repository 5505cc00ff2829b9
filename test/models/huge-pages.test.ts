import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case, Region } from '../../src/scenario/case.js';
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

/** The kinds of verdict that the model meets on the case under many schedules. */
function verdicts(model: string, c: Case, schedules = SCHEDULES): readonly string[] {
  const kernel = models.find((m) => m.name === model)!;
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

/** Two pages of a tmpfs file are mapped at the start. */
function shmemCase(programs: readonly (readonly Called[])[]): Case {
  const mapped: Region = { ...region('pages'), vma: 'shmem', pages: ['written', 'page', 'none', 'none'] };
  const c = caseOf('pages', 1, programs);
  return { ...c, world: { ...c.world, mms: [[mapped, region('pages')]], files: ['shmem'] } };
}

test('a hole punch of v4.14 zeroes the huge page of a collapse that fails, and leaves the page that is put back', () => {
  const punched = shmemCase([[['khugepaged_scan_shmem', [0]]], [['shmem_fallocate', [0, 2]]]]);
  expect(verdicts('v4.14', punched, 8000)).toEqual(['stale-read']);
  expect(verdicts('always-notify', punched)).toEqual([]);
});
