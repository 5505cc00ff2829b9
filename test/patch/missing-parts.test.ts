import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { validateExitCode } from '../../src/cli/validate-exit.js';
import { placeSeries } from '../../src/patch/place-series.js';
import { formatNamed } from '../../src/patch/formats.js';
import { readSeries } from '../../src/patch/read-series.js';
import { seriesLevel } from '../../src/patch/remarks.js';
import type { SeriesVerdict } from '../../src/patch/verdict.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { judged } from './judging.js';
import { diff } from './placing.js';
import { evidence, hunk, verdict } from './verdicts.js';

/** It takes the notification out of the copy-on-write. */
const BREAKS = readFileSync('test/patch/patches/cow-without-notify.patch', 'utf8').replace(
  /^[^]*?(?=^diff )/m,
  '',
);

const FROB = 'static void frob(struct vm_area_struct *vma, unsigned long addr)';
const elsewhere = (line: string): string =>
  diff('mm/frob.c', [FROB, `\n \tfrob_lock(vma);\n+\t${line}\n \tfrob_unlock(vma);\n`]);

const operations = operationsIn(callables.map((c) => c.operation));

/** The judgement of a series of patches, and what validate ends with. */
async function judge(...patches: readonly string[]): Promise<{ first: string; why: string; exit: number }> {
  const letters = patches.map((body, i) => ({ subject: `[PATCH ${i + 1}/${patches.length}] mm: x`, body }));
  const placement = placeSeries(readSeries(letters, 'the series'), models, operations, 'v5.0');
  const seen = await judged(placement, { cases: 500, worlds: 0, search: 20 });
  const [first] = seen.hunks;
  return { first: first.judgement, why: first.why, exit: validateExitCode(seen as SeriesVerdict) };
}

test('what fails is not called unsafe while calls that the model knows are missing elsewhere in the patch', async () => {
  const notifies = 'mmu_notifier_invalidate_range(vma->vm_mm, addr, addr + PAGE_SIZE);';
  const { first, why, exit } = await judge(BREAKS + elsewhere(notifies));
  expect([first, exit]).toEqual(['unsafe-in-part', 4]);
  expect(why).toMatch(/^this holds without mmu_notifier_invalidate_range\(\) at mm\/frob\.c:20\d, /);
}, 60_000);

test('what is missing with no call that the model knows, or comes with a later patch, takes nothing back', async () => {
  expect(await judge(BREAKS + elsewhere('frob_count(vma);'))).toMatchObject({ first: 'unsafe', exit: 1 });
  expect(await judge(BREAKS, elsewhere('flush_tlb_range(vma, addr, addr + PAGE_SIZE);'))).toMatchObject({
    first: 'unsafe',
    exit: 1,
  });
}, 120_000);

test('a finding of the whole series is no error while a part of it is missing', () => {
  const missing = 'this holds without tlb_finish_mmu() at mm/mprotect.c:1, which was not placed';
  const hunks = [hunk(), hunk({ judgement: 'not-modelled' }, { verdict: 'not-modelled' })];
  const v = verdict({ judgement: 'unsafe-in-part', hunks, joint: [evidence()], missing });
  expect([seriesLevel(v), validateExitCode(v)]).toEqual(['unknown', 4]);
  expect(formatNamed('terse').render(v)).toContain(`\nWARNING: ${missing}\n`);
});
