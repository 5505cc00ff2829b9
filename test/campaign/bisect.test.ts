import { expect, test } from '@jest/globals';

import { BadInput } from '../../src/base/errors.js';
import { Bisector } from '../../src/campaign/bisect.js';
import type { Model } from '../../src/program/model.js';
import type { Finding, FindingClass } from '../../src/run/finding.js';
import type { Lab, Trace } from '../../src/run/lab.js';

const kernel = (name: string): Model => ({
  name,
  about: '',
  readFrom: '',
  era: '4.13-4.14',
  cowReuse: 'mapcount',
  edits: [],
});

const finding = {
  class: 'candidate-only',
  violation: { kind: 'stale-read' },
  case: { threads: [{ operations: [{ name: 'munmap' }] }], schedule: [] },
} as unknown as Finding;

/** A lab whose candidate shows the finding or not; the run enters two functions. */
type TrialLab = Pick<Lab, 'judge' | 'trace'> & { paths(program: string): readonly string[] };

function lab(cls: FindingClass | undefined, shown: number): TrialLab {
  const rates = { schedules: 10, candidate: shown, reference: 4 };
  return {
    paths: () => ['munmap:1 a', 'munmap:3 c'],
    judge: () => (cls === undefined ? undefined : { ...finding, class: cls, rates }),
    trace: () =>
      ({ steps: [{ path: 'munmap:3 zap_pte_range:7 ptep_get_and_clear_full' }] }) as unknown as Trace,
  };
}

const trial = (name: string, operation?: string) => ({
  of: name,
  operations: operation === undefined ? undefined : new Set([operation]),
  model: () => kernel(name),
});

function bisected(labs: Readonly<Record<string, TrialLab>>, ...trials: ReturnType<typeof trial>[]) {
  const opened: string[] = [];
  const open = (candidate: Model) => {
    opened.push(candidate.name);
    if (labs[candidate.name] === undefined) throw new BadInput('the edit fits no step.');
    return labs[candidate.name];
  };
  const bisector = new Bisector(kernel('own'), trials, open, 9);
  const beside = kernel('reference');
  return { result: bisector.of(finding, beside), again: () => bisector.of(finding, beside), opened };
}

const own = lab('both', 4);

test('a difference that never shows the verdict ends the finding', () => {
  const { result } = bisected({ own, mended: lab('reference-only', 0) }, trial('mended', 'zap_pte_range'));
  expect(result).toEqual({ shown: 4, schedules: 10, ends: ['mended'], tried: 1 });
});

test.each([
  ['under the same schedule', lab('both', 10)],
  ['under another schedule', lab('reference-only', 1)],
  ['not at all, on neither', lab(undefined, 0)],
])('a difference does not end the finding if it shows the verdict %s', (_when, shows) => {
  const { result } = bisected({ own, other: shows }, trial('other'));
  expect(result).toMatchObject({ ends: [], tried: 1 });
});

test('what the failing run never enters is not tried', () => {
  const { result, opened } = bisected({ own }, trial('elsewhere', 'move_ptes'));
  expect(result).toMatchObject({ ends: [], tried: 0 });
  expect(opened).toEqual(['own', 'own']); // alone, and beside the reference
});

test('a difference whose edits do not fit is passed over', () => {
  expect(bisected({ own }, trial('misfit')).result).toMatchObject({ ends: [], tried: 0 });
});

test('a model that does not show the finding has nothing to bisect', () => {
  expect(bisected({ own: lab(undefined, 0) }).result).toBeUndefined();
});

test('each kernel is laid out once for many findings', () => {
  const { again, opened } = bisected(
    { own, mended: lab('reference-only', 0) },
    trial('mended'),
    trial('misfit'),
  );
  again();
  expect(opened).toEqual(['own', 'own', 'mended', 'misfit']);
});
