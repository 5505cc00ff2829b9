import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { DEFAULT_BOUNDS, REDUCED } from '../../src/explore/bounds.js';
import { explore } from '../../src/explore/explorer.js';
import { mute, type Model } from '../../src/program/model.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case, FileKind, PageState, Region } from '../../src/scenario/case.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const NOTHING: readonly PageState[] = ['none', 'none', 'none', 'none'];

function region(vma: Region['vma'], map: Region['map'], pages: readonly PageState[] = NOTHING): Region {
  return { vma, writable: true, mergeable: false, file: 0, map, pages };
}
const EMPTY = region('none', 'pages');

/** One call: its name and its arguments. */
type Called = readonly [name: string, args: readonly number[]];

/** A case with one region an mm; CPU threads, then the device's, all of the first mm. */
function caseOf(
  regions: readonly Region[],
  files: readonly FileKind[],
  cpus: readonly (readonly Called[])[],
  device: readonly Called[] = [],
): Case {
  const thread = (kind: 'cpu' | 'device', calls: readonly Called[]): Case['threads'][number] => ({
    kind,
    mm: 0,
    operations: calls.map(([name, args]) => ({ name, args, choices: [] })),
  });
  return {
    world: { mms: regions.map((r) => [r, EMPTY]), files, frames: 32, swapSlots: 4 },
    hardware: {},
    threads: [...cpus.map((c) => thread('cpu', c)), ...(device.length > 0 ? [thread('device', device)] : [])],
    schedule: [],
  };
}

const named = (name: string): Model => models.find((m) => m.name === name)!;

/** The kinds of verdict that the model meets on the case, and where, under `schedules` schedules. */
function verdicts(model: Model, c: Case, schedules = 1000): readonly string[] {
  const lab = new Laboratory(callables, model, model);
  const met = new Set<string>();
  for (let i = 0; i < schedules; i++) {
    const { finding } = lab.attempt(c, strategyNamed('mixed').make(new Prng(`hugetlb/${i}`)));
    if (finding !== undefined) met.add(finding.violation.kind);
  }
  return [...met].sort();
}

/** Where a thread is held: before a step with these words in its path, or at the end of the operation. */
type Hold = readonly [thread: number, operation: number, inPath?: string, step?: string];

/** The verdict of the model when the threads run as `holds` say, one after the other. */
function verdictUnder(model: Model, c: Case, holds: readonly Hold[]): string | undefined {
  const lab = new Laboratory(callables, model, model);
  const paths = lab.trace(c, 'candidate').steps.map((s) => s.path);
  const schedule = holds.map(([thread, operation, inPath, step]) => ({
    thread,
    operation,
    path: inPath === undefined ? '' : paths.find((p) => p.includes(inPath) && p.endsWith(step!))!,
    occurrence: 1,
  }));
  return lab.replay({ ...c, schedule }, 'candidate').violation?.kind;
}

const WRITE: Called = ['user_write', [0, 0]];
const FSYNC: Called = ['dax_fsync', [0]];

const forked = caseOf(
  [region('hugetlb-private', 'huge-shared'), region('hugetlb-private', 'huge-shared')],
  [],
  [[WRITE], [WRITE]],
  [
    ['device_read', [0, 0]],
    ['device_read', [0, 0]],
  ],
);

test('a device reads the old hugetlb page if copy-on-write does not notify between clear and set', () => {
  const reference = named('always-notify');
  const muted = {
    ...reference,
    name: 'muted',
    edits: [...reference.edits, mute('hugetlb_cow', 'after-clear')],
  };
  const holds: readonly Hold[] = [
    [2, 0],
    [0, 0, 'hugetlb_cow', 'page_remove_compound_rmap'],
    [1, 0],
    [2, 1],
  ];
  expect(verdictUnder(muted, forked, holds)).toBe('stale-read');
  expect(verdictUnder(reference, forked, holds)).toBeUndefined();
  expect(verdicts(reference, forked)).toEqual([]);
});

test('a hugetlb page that is forked, protected, unmapped and written meets no verdict', () => {
  const busy = caseOf(
    [region('hugetlb-private', 'huge'), EMPTY],
    [],
    [
      [WRITE, ['dup_mmap', [1]], WRITE],
      [
        ['mprotect', [0, 4, 0]],
        ['mprotect', [0, 4, 1]],
        ['munmap', [0, 4]],
      ],
    ],
    [
      ['device_write', [1, 0]],
      ['device_write', [2, 1]],
    ],
  );
  expect(verdicts(named('v4.14'), busy)).toEqual([]);
  expect(verdicts(named('always-notify'), busy)).toEqual([]);
});

const HUGE = region('dax', 'huge');
const SECOND_PAGE = region('dax', 'pages', ['none', 'written', 'none', 'none']);

/** What v4.14 gets wrong with DAX, the case that shows it and the verdict. */
const hazards: readonly (readonly [string, Case, string])[] = [
  [
    'fsync leaves a page of a huge entry writable that is mapped by a PTE',
    caseOf([SECOND_PAGE, HUGE], ['dax'], [[FSYNC, ['user_write', [1, 0]], FSYNC]]),
    'lost-dirty',
  ],
  [
    'a read fault takes the rights of a write fault on the same huge entry',
    caseOf([region('dax', 'pages')], ['dax'], [[WRITE], [['user_read', [1, 0]]]]),
    'stale-entry',
  ],
  [
    'a second fsync returns before the first has flushed',
    caseOf([region('dax', 'pages', ['written', 'none', 'none', 'none'])], ['dax'], [[WRITE, FSYNC], [FSYNC]]),
    'lost-dirty',
  ],
];

test('v4.14: munmap passes by a huge entry that is none while fsync cleans it', () => {
  const c = caseOf([HUGE], ['dax'], [[WRITE, ['munmap', [0, 4]]], [FSYNC]], [['device_read', [0, 0]]]);
  const kinds = (name: string): readonly string[] => {
    const bench = new Laboratory(callables, named(name), named(name)).bench('candidate');
    const seen = explore(bench, c, { bounds: DEFAULT_BOUNDS, reductions: REDUCED, outcomes: false });
    return [...seen.verdicts.values()].map((v) => v.what.kind);
  };
  expect(kinds('v4.14')).toContain('stale-permission');
  expect(kinds('always-notify')).toEqual([]);
});

test.each(hazards)('v4.14: %s', (_name, c, kind) => {
  expect(verdicts(named('v4.14'), c, 1000)).toContain(kind);
  expect(verdicts(named('always-notify'), c, 1000)).toEqual([]);
});

test('v4.14: a write between the clearing of a DAX entry and its flush is not seen by the next fsync', () => {
  const zapped = caseOf(
    [region('dax', 'pages', ['written', 'none', 'none', 'none'])],
    ['dax'],
    [[['madvise_dontneed', [0, 1]]], [FSYNC], [WRITE, WRITE, FSYNC]],
  );
  const holds: readonly Hold[] = [
    [2, 0],
    [0, 0, 'madvise_dontneed', 'flush_tlb_range.flush'],
    [1, 0],
    [2, 1],
    [2, 2],
  ];
  expect(verdictUnder(named('v4.14'), zapped, holds)).toBe('lost-dirty');
  expect(verdictUnder(named('always-notify'), zapped, holds)).toBeUndefined();
});

test('before v6.5 two faults of one mm put two tables in one place: one allocates it, one shares that of another mm', () => {
  const half = (file: number): Region => ({ ...region('hugetlb-shared', 'pages'), file });
  const whole = [half(0), half(1)] as const;
  const cpu = (mm: number, calls: readonly Called[]): Case['threads'][number] => ({
    kind: 'cpu',
    mm,
    operations: calls.map(([name, args]) => ({ name, args, choices: [] })),
  });
  const c: Case = {
    ...caseOf([], ['hugetlbfs', 'hugetlbfs'], []),
    threads: [
      cpu(0, [WRITE, ['hugetlbfs_punch_hole', [0]]]),
      cpu(0, [['user_write', [4, 0]]]),
      cpu(1, [['user_write', [8, 0]]]),
    ],
  };
  const shared: Case = { ...c, world: { ...c.world, mms: [whole, whole] } };
  const holds: readonly Hold[] = [
    [0, 0, 'huge_pte_alloc', ' pmd_alloc'],
    [2, 0],
    [1, 0, 'huge_pte_alloc', ' pud_populate'],
    [0, 0],
    [1, 0],
    [0, 1],
  ];
  const reference = named('always-notify');
  const edits = reference.edits.filter((e) => !('why' in e && e.why?.includes('349d1670008d')));
  // the page in the table that was lost stays mapped, and the hole punch looks for it for ever
  expect(verdictUnder({ ...reference, name: 'before v6.5', edits }, shared, holds)).toBe('no-progress');
  expect(verdictUnder(reference, shared, holds)).toBeUndefined();
});

test('before v6.16 another mm shares the table again between its unsharing and the cut of the vma', () => {
  const half = (file: number): Region => ({ ...region('hugetlb-shared', 'pages'), file });
  const whole = [half(0), half(1)] as const;
  const cpu = (mm: number, calls: readonly Called[]): Case['threads'][number] => ({
    kind: 'cpu',
    mm,
    operations: calls.map(([name, args]) => ({ name, args, choices: [] })),
  });
  const c: Case = {
    ...caseOf([], ['hugetlbfs', 'hugetlbfs'], []),
    threads: [
      cpu(0, [['user_read', [0, 0]]]),
      cpu(1, [['user_write', [12, 0]]]),
      cpu(1, [
        ['user_read', [12, 0]],
        ['mprotect', [8, 4, 0]],
      ]),
    ],
  };
  const shared: Case = { ...c, world: { ...c.world, mms: [whole, whole] } };
  const holds: readonly Hold[] = [
    [2, 0],
    [2, 1, 'mprotect_fixup', ' vma_set_page_prot'],
    [0, 0],
    [1, 0],
    [2, 1],
  ];
  const reference = named('always-notify');
  const edits = reference.edits.filter((e) => !('why' in e && e.why?.includes('081056dc00a2')));
  expect(verdictUnder({ ...reference, name: 'before v6.16', edits }, shared, holds)).toBe('stale-entry');
  expect(
    verdictUnder(reference, shared, [
      [2, 0],
      [0, 0],
      [1, 0],
      [2, 1],
    ]),
  ).toBeUndefined();
});

test('before v6.0 a write fault copies the page of a shared mapping whose table another mm has made read-only', () => {
  const half = (file: number): Region => ({ ...region('hugetlb-shared', 'pmd-shared'), file });
  const whole = [half(0), half(1)] as const;
  const one = caseOf([], ['hugetlbfs', 'hugetlbfs'], []);
  const call = (name: string, ...args: number[]): Case['threads'][number]['operations'][number] => ({
    name,
    args,
    choices: [],
  });
  const c: Case = {
    ...one,
    world: { ...one.world, mms: [whole, whole] },
    threads: [
      { kind: 'cpu', mm: 1, operations: [call('mprotect', 8, 4, 0), call('mprotect', 8, 4, 1)] },
      { kind: 'cpu', mm: 0, operations: [call('soft_offline_huge_page', 0)] },
      { kind: 'device', mm: 0, operations: [call('device_write', 0, 0)] },
    ],
  };
  const reference = named('always-notify');
  const edits = reference.edits.filter((e) => !('why' in e && e.why?.includes('1d8d14641fd9')));
  // the vma is writable again, and the entry of the table that the fault shares is not yet
  const shares =
    'device_write:14 prq_event_thread:16 handle_mm_fault:2 hugetlb_fault:14+2 huge_pte_alloc:8 page_table_shareable';
  const schedule = [
    [1, ''],
    [0, ''],
    [2, shares],
  ].map(([thread, path]) => ({ thread: Number(thread), operation: 0, path: String(path), occurrence: 1 }));
  for (const [model, verdict] of [
    [{ ...reference, name: 'before v6.0', edits }, 'stale-read'],
    [reference, undefined],
  ] as const)
    expect(
      new Laboratory(callables, model, model).replay({ ...c, schedule }, 'candidate').violation?.kind,
    ).toBe(verdict);
});

const FAILURE: Called = ['memory_failure_hugetlb', [0]];
const READ: Called = ['user_read', [1, 0]];

/** The results of all threads when they run one after the other. */
function resultsOf(model: Model, c: Case): string {
  const holds = c.threads.flatMap(({ operations }, t) =>
    operations.map((_, i) => ({ thread: t, operation: i, path: '', occurrence: 1 })),
  );
  return new Laboratory(callables, model, model).replay({ ...c, schedule: holds }, 'candidate').results;
}

test('whoever reads a hugetlb page with a hardware error gets SIGBUS: through its entry, and from the file', () => {
  const poisoned = caseOf(
    [region('hugetlb-private', 'huge'), EMPTY],
    [],
    [[FAILURE, READ, ['dup_mmap', [1]], ['mprotect', [0, 4, 1]], ['munmap', [0, 4]]]],
    [['device_read', [0, 0]]],
  );
  const inFile = caseOf([region('hugetlb-shared', 'pages'), EMPTY], ['hugetlbfs'], [[FAILURE, READ]]);
  for (const name of ['always-notify', 'v6.12']) {
    expect(resultsOf(named(name), poisoned)).toContain('SIGBUS');
    expect(resultsOf(named(name), inFile)).toContain('SIGBUS');
  }
  // v4.14 takes the page out of the file
  expect(resultsOf(named('v4.14'), poisoned)).toContain('SIGBUS');
  expect(resultsOf(named('v4.14'), inFile)).not.toContain('SIGBUS');
});

test('v4.14: a hole punch takes a page out of the file that a hardware error has taken out', () => {
  const both = caseOf(
    [region('hugetlb-shared', 'pages'), EMPTY],
    ['hugetlbfs'],
    [[['hugetlbfs_punch_hole', [0]]], [FAILURE]],
  );
  expect(verdicts(named('v4.14'), both, 300)).toContain('contract');
  expect(verdicts(named('always-notify'), both, 300)).toEqual([]);
});

test('a hardware error beside migration, fork, writes and a device meets no verdict', () => {
  const busy = caseOf(
    [region('hugetlb-private', 'huge-shared'), region('hugetlb-private', 'huge-shared')],
    [],
    [[WRITE, FAILURE], [WRITE, ['soft_offline_huge_page', [0]]], [READ]],
    [['device_write', [1, 0]]],
  );
  expect(verdicts(named('always-notify'), busy)).toEqual([]);
});

test('the device writes a page that is taken apart if try_to_unmap_one does not notify', () => {
  const reference = named('always-notify');
  const muted: Model = {
    ...reference,
    name: 'muted',
    edits: [
      ...reference.edits,
      mute('try_to_unmap_one/unbatched', 'after-clear'),
      mute('try_to_unmap_one/hwpoison', 'after-clear'),
      mute('try_to_unmap_one', 'after-unlink'),
      mute('try_to_unmap_one', 'range-end'),
    ],
  };
  const c = caseOf(
    [region('hugetlb-private', 'huge'), EMPTY],
    [],
    [[FAILURE]],
    [
      ['device_write', [0, 0]],
      ['device_write', [1, 0]],
    ],
  );
  expect(verdicts(muted, c, 300)).toContain('freed-page-write');
  expect(verdicts(reference, c, 300)).toEqual([]);
});

test('a CPU that keeps upper levels at a leaf flush walks through a table that was given up, if only leaves are flushed', () => {
  const half = (file: number): Region => ({ ...region('hugetlb-shared', 'pmd-shared'), file });
  const read: Called = ['user_read', [12, 0]];
  const c = caseOf([], ['hugetlbfs', 'hugetlbfs'], [[['hugetlbfs_punch_hole', [0]]], [read, read]]);
  // a flush of one of two PUD regions is none of the whole mm
  const whole = [EMPTY, EMPTY, half(0), half(1)] as const;
  const shared: Case = {
    ...c,
    world: { ...c.world, mms: [whole, whole] },
    hardware: { 'cpu-walk-cache': 'upper-levels' },
  };
  const holds: readonly Hold[] = [
    [1, 0],
    [0, 0],
    [1, 1],
  ];
  const reference = named('always-notify');
  const edits = reference.edits.filter((e) => !('why' in e && e.why?.includes('c2ff4764e03e')));
  expect(verdictUnder({ ...reference, name: 'leaves alone', edits }, shared, holds)).toBe('stale-permission');
  expect(verdictUnder(reference, shared, holds)).toBeUndefined();
});
