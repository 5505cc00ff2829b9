import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { mute, type Model } from '../../src/program/model.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case, FileKind, Region } from '../../src/scenario/case.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { strategyNamed } from '../../src/schedule/strategies.js';

const v4_14 = models.find((m) => m.name === 'v4.14')!;
const optimized = models.find((m) => m.name === 'optimized')!;

/** Verdicts of the model, without the given notifications, over some cases of one operation. */
function verdicts(base: Model, operation: string, slots: readonly string[], cases: number): Set<string> {
  const edits = slots.map((s) => mute(s.split(':')[0], s.split(':')[1]));
  const lab = new Laboratory(callables, { ...base, name: 'muted', edits: [...base.edits, ...edits] }, base);
  const generate = caseGenerator(callables, { hardware: 'conforming', operations: [operation] });
  const strategy = strategyNamed('mixed');
  const seen = new Set<string>();
  for (let i = 0; i < cases; i++) {
    const prng = new Prng(`mm-syscalls/${i}`);
    const { finding } = lab.attempt(generate(prng), strategy.make(prng));
    if (finding?.class === 'candidate-only') seen.add(finding.violation.kind);
  }
  return seen;
}

test.each([
  ['mprotect', v4_14, ['change_pmd_range:range-end']],
  ['dup_mmap', v4_14, ['copy_page_range:range-end']],
  // the gather's flush covers the bracket, and the other way round
  ['clear_refs_write', v4_14, ['clear_refs_write:range-end', 'tlb_finish_mmu:after-flush']],
  // the unmapping of the old range covers the move
  ['mremap', v4_14, ['move_page_tables:range-end', 'unmap_vmas:range-end']],
  ['ksm_scan', optimized, ['write_protect_page:range-end']],
  ['uprobe_write_opcode', v4_14, ['__replace_page:after-clear', '__replace_page:range-end']],
] as const)('a device keeps what %s took away when nobody tells it', (operation, base, slots) => {
  expect([...verdicts(base, operation, slots, 1000)]).toContain('stale-entry');
});

test('text is read as it was after a breakpoint is there when only range_end tells the device', () => {
  expect([...verdicts(v4_14, 'uprobe_write_opcode', ['__replace_page:after-clear'], 3000)]).toContain(
    'stale-read',
  );
});

const WRITE = ['user_write', 0, 0] as const;
const READ = ['user_read', 0, 0] as const;
/** Programs of CPUs of one mm whose first region is of one page, or one huge page, of a file. */
function cpus(
  region: Pick<Region, 'vma' | 'map' | 'pages'>,
  file: FileKind,
  ...programs: (readonly (readonly [string, ...number[]])[])[]
): Case {
  const none = ['none', 'none', 'none', 'none'] as const;
  const empty = {
    vma: 'none',
    writable: false,
    mergeable: false,
    file: 0,
    map: 'pages',
    pages: none,
  } as const;
  return {
    world: {
      mms: [[{ ...empty, ...region, writable: true }, empty]],
      files: [file],
      frames: 32,
      swapSlots: 4,
    },
    hardware: {},
    threads: programs.map((calls) => ({
      kind: 'cpu',
      mm: 0,
      operations: calls.map(([name, ...args]) => ({ name, args, choices: [] })),
    })),
    schedule: [],
  };
}

const lab = new Laboratory(
  callables,
  v4_14,
  models.find((m) => m.name === 'always-notify')!,
);

test.each([
  [
    'a CPU still writes what a truncation takes',
    cpus(
      { vma: 'file-private', map: 'pages', pages: ['written', 'none', 'none', 'none'] },
      'page-cache',
      [WRITE, WRITE],
      [['mprotect', 0, 4, 0]],
      [['ext4_setattr', 0]],
    ),
    'ext4_setattr',
    'stale-permission',
  ],
  [
    'a CPU still writes what a hole punch takes',
    cpus(
      { vma: 'shmem', map: 'huge', pages: ['none', 'none', 'none', 'none'] },
      'shmem',
      [WRITE, WRITE],
      [['mprotect', 0, 4, 0]],
      [['shmem_fallocate', 0, 4]],
    ),
    'shmem_fallocate',
    'stale-permission',
  ],
  [
    'and a read of what a hole punch has cleared is no breach of mprotect',
    cpus(
      { vma: 'file-shared', map: 'pages', pages: ['page', 'none', 'none', 'none'] },
      'page-cache',
      [READ, READ],
      [['mprotect', 0, 4, 0]],
      [['ext4_punch_hole', 0, 1]],
    ),
    'ext4_punch_hole',
    undefined,
  ],
])('before v5.19 mprotect flushes nothing where others have cleared: %s', (_name, c, taker, verdict) => {
  const paths = lab.trace(c, 'candidate').steps.map((s) => s.path);
  const flush = paths.find((p) => p.startsWith(taker) && p.endsWith('tlb_flush_mmu_tlbonly.flush'))!;
  const until = (thread: number, operation: number, path = ''): Case['schedule'][number] => ({
    thread,
    operation,
    path,
    occurrence: 1,
  });
  // mprotect has seen the huge entry, and looks again under its lock
  const lock = paths.find((p) => p.startsWith('mprotect') && p.endsWith(' pmd_lock'));
  const first = lock === undefined ? [] : [until(1, 0, lock)];
  const schedule = [until(0, 0), ...first, until(2, 0, flush), until(1, 0), until(0, 1)];
  expect(lab.replay({ ...c, schedule }, 'candidate').violation?.kind).toBe(verdict);
  expect(lab.replay({ ...c, schedule }, 'reference').violation).toBeUndefined();
});
