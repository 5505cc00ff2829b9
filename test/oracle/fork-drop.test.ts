import { expect, test } from '@jest/globals';

import { builtIn } from '../../src/cli/load-model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { callables, models } from '../../models/models.js';
import { call, cpu, ends, region, segments, stops, world } from '../corpus/write-case.js';

const register = { models, operations: operationsIn(callables.map((c) => c.operation)) };
const reference = builtIn('always-notify', register);
const lab = new Laboratory(callables, reference, reference);

test('a page that reclaim drops from a child before fork has returned reads as zeros there', () => {
  const shrink = { ...call('shrink_page_list', 1), choices: ['swapbacked-mismatch'] };
  const threads = [cpu(0, call('user_write', 1, 0), shrink), cpu(0, call('dup_mmap', 1))];
  const copying = 'dup_mmap copy_page_range copy_pmd_range';
  const wrprotect = stops(1, 0, `${copying} copy_pte_range copy_one_pte`, 'ptep_set_wrprotect');
  const first = segments(lab, threads, [
    wrprotect,
    ends(0, 1),
    stops(1, 0, copying, 'is_swap_pmd_or_trans_huge'),
  ]);
  const schedule = first.map((s, i) => (i === 0 ? { ...s, occurrence: 2 } : s));
  const anon = region('anon', ['none', 'none']);
  const w = world([
    [region('anon', ['page', 'clean']), anon],
    [region('none', []), region('none', [])],
  ]);
  const outcome = lab.replay({ world: w, hardware: {}, threads, schedule }, 'candidate');
  expect(outcome.violation).toBeUndefined();
});
