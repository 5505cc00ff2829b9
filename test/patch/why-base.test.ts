import { expect, test } from '@jest/globals';

import { models } from '../../models/models.js';
import { placeSeries } from '../../src/patch/place-series.js';
import { readSeries } from '../../src/patch/read-series.js';
import { compareVersions } from '../../src/program/kernel-version.js';
import { diff, operations } from './placing.js';

const FROB = 'static void frob(struct mm_struct *mm)';

/** The model that is taken for a change of a function that none has, and why. */
function base(change: string, date?: string): readonly string[] {
  const body = diff('mm/frob.c', [FROB, `\n \tfrob_lock(mm);\n${change}\n \tfrob_unlock(mm);\n`]);
  const letter = { subject: '[PATCH] mm: x', body, ...(date === undefined ? {} : { date }) };
  const { model, why } = placeSeries(readSeries([letter], 'it'), models, operations).base;
  return [model.name, why];
}

const kernels = models.flatMap((m) => m.kernel ?? []);
const newest = `v${kernels.sort(compareVersions).at(-1)!}`;

test('a patch of which nothing fits is said to fit nothing, and takes the newest release', () => {
  expect(base('+\tfrob(mm);')).toEqual([
    newest,
    `nothing of the context is a step of any model; ${newest} is taken as the newest of all releases; --base names another`,
  ]);
});

test('its day, and the names that it writes, decide where nothing else does', () => {
  const said = 'nothing of the context is a step of any model; ';
  expect(base('+\tfrob(mm);', '2023-06-20')).toEqual([
    'v6.6',
    `${said}v6.6 is taken as the nearest to 2023-06-20 of all releases; --base names another`,
  ]);
  // the call went away with 6.6, and is written with three arguments before 5.0
  const [model, why] = base('-\tmmu_notifier_invalidate_range(mm, start, end);');
  expect([model, why]).toEqual([
    'v6.1',
    `${said}v6.1 is taken as the newest of the releases that write its names; --base names another`,
  ]);
});

test('a patch that fits says how well', () => {
  const text =
    '\n \tpage = vmf->page;\n-\tptep_clear_flush_notify(vma, vmf->address, vmf->pte);\n \tpage_add_new_anon_rmap(new_page, vma, vmf->address, false);\n';
  const letters = [
    { subject: '', body: diff('mm/memory.c', ['static int wp_page_copy(struct vm_fault *vmf)', text]) },
  ];
  const { why } = placeSeries(readSeries(letters, 'it'), models, operations).base;
  expect(why).toMatch(/^the context fits it best \(score [1-9]/);
});
