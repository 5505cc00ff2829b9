import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { builtIn } from '../../src/cli/load-model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case, OperationCall, ThreadProgram } from '../../src/scenario/case.js';
import { call, cpu, device, ends, nothing, region, segments, stops, world } from '../corpus/write-case.js';

const register = { models, operations: operationsIn(callables.map((c) => c.operation)) };
const lab = new Laboratory(callables, builtIn('v5.10', register), builtIn('always-notify', register));

const pin = (...calls: OperationCall[]): ThreadProgram => ({ ...device(0, ...calls), subscriber: 'pin' });

/** One anonymous page that a device pins and writes before all that the CPU does, and writes again after it. */
function pinnedAcross(...calls: OperationCall[]): Case {
  const threads = [cpu(0, ...calls), pin(call('device_write', 0, 0), call('device_write', 0, 1))];
  const order = [ends(1, 0), ...calls.map((_, i) => ends(0, i)), ends(1, 1)];
  const w = world([[region('anon', ['page']), nothing]]);
  return { world: w, hardware: {}, threads, schedule: segments(lab, threads, order) };
}

test('a kernel that copies a page away from its pin loses what the device writes; one that does not is silent', () => {
  const across = pinnedAcross(call('mprotect', 0, 1, 0), call('mprotect', 0, 1, 1), call('user_write', 0, 0));
  expect(lab.replay(across, 'candidate').violation).toMatchObject({ kind: 'lost-write', agent: 'device' });
  expect(lab.replay(across, 'reference').violation).toBeUndefined();
});

test.each([
  ['is unmapped', call('munmap', 0, 1)],
  ['is thrown away', call('madvise_dontneed', 0, 1)],
  ['is asked to migrate', call('migrate_pages', 0)],
  ['is asked to swap', call('shrink_page_list', 0)],
])('nothing is wrong with a pin whose page %s', (_, operation) => {
  const across = pinnedAcross(operation, call('user_read', 0, 0));
  expect(lab.replay(across, 'reference').violation).toBeUndefined();
});

test('page tables are not freed under a CPU that walks them with interrupts off', () => {
  const threads = [cpu(0, call('munmap', 0, 4)), cpu(0, call('gup_fast_read', 0, 0))];
  const w = world([[region('anon', ['page']), nothing]]);
  const walk = stops(1, 0, 'gup_fast_read get_user_pages_fast', 'gup_get_pte');
  const schedule = segments(lab, threads, [walk, ends(0, 0), ends(1, 0)]);
  const c: Case = { world: w, hardware: {}, threads, schedule };
  expect(lab.replay(c, 'reference').violation).toBeUndefined();
  const steps = lab.trace(c, 'reference').steps.map((s) => [s.thread, s.path] as const);
  const freed = steps.findIndex(([t, path]) => t === 0 && path.includes('tlb_flush_mmu_free'));
  const enabled = steps.findIndex(([t, path]) => t === 1 && path.includes('local_irq_enable'));
  expect(enabled).toBeGreaterThan(0);
  expect(freed).toBeGreaterThan(enabled);
});
