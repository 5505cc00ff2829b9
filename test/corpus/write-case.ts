import { assert } from '../../src/base/assert.js';
import type { LitmusBounds } from '../../src/litmus/litmus-test.js';
import type { Laboratory } from '../../src/run/laboratory.js';
import type { Case, OperationCall, PageState, Region, Segment, ThreadProgram, VmaKind, World } from '../../src/scenario/case.js';

/** Words to write cases with by hand. */

export function region(vma: VmaKind, pages: readonly PageState[], more: Partial<Region> = {}): Region {
  const rest = Array.from({ length: 4 - pages.length }, () => 'none' as const);
  return { vma, writable: vma !== 'none', mergeable: false, file: 0, map: 'pages', pages: [...pages, ...rest], ...more };
}

export const nothing = region('none', []);

export function world(mms: readonly (readonly Region[])[], files: World['files'] = []): World {
  return { mms: mms.map((r) => (r.length === 1 ? [r[0], nothing] : r)), files, frames: 24, swapSlots: 4 };
}

export const call = (name: string, ...args: number[]): OperationCall => ({ name, args, choices: [] });
export const cpu = (mm: number, ...operations: OperationCall[]): ThreadProgram => ({ kind: 'cpu', mm, operations });
export const device = (mm: number, ...operations: OperationCall[]): ThreadProgram => ({ kind: 'device', mm, operations });

/**
 * A thread runs to the end of its operation, or until it stands before a step: `calls` are the functions
 * from the operation to the one that the step stands in, with a space between.
 */
export interface Run {
  readonly thread: number;
  readonly operation: number;
  readonly before?: readonly [calls: string, step: string];
  /** Which of several such places in the text of the operation, from 0. */
  readonly which?: number;
}

export const ends = (thread: number, operation: number): Run => ({ thread, operation });
export const stops = (thread: number, operation: number, calls: string, step: string, which = 0): Run => ({
  thread,
  operation,
  before: [calls, step],
  which,
});

/** The runs as segments: steps are looked up by the functions around them and their name. */
export function segments(lab: Laboratory, threads: readonly ThreadProgram[], runs: readonly Run[]): Segment[] {
  return runs.map(({ thread, operation, before, which }) => {
    if (before === undefined) return { thread, operation, path: '', occurrence: 1 };
    const { name } = threads[thread].operations[operation];
    const [calls, step] = before;
    const chain = calls.split(' ').map((f) => `${f}:\\d+\\+? `);
    const path = lab.paths(name).filter((p) => new RegExp(`^${chain.join('')}${step.replaceAll('.', '\\.')}$`).test(p))[which ?? 0];
    assert(path !== undefined, `${name} has no step ${step} in ${calls}`);
    return { thread, operation, path, occurrence: 1 };
  });
}

/** A case written by hand: what it is for, the kernel in question, and what every kernel is expected to show. */
export interface Written {
  readonly name: string;
  readonly about: string;
  readonly world: World;
  readonly hardware?: Case['hardware'];
  readonly threads: readonly ThreadProgram[];
  readonly runs: readonly Run[];
  /** Models, as on the command line, each with its verdict under this schedule. The first is the candidate. */
  readonly expected: Readonly<Record<string, string>>;
  /** What the litmus form asks of all interleavings; that nothing goes wrong when it is left out. */
  readonly condition?: string;
  /** How far the litmus form is explored, where not everything can be. */
  readonly bounds?: LitmusBounds;
}
