import { expect, test } from '@jest/globals';

import { builtIn } from '../../src/cli/load-model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Case } from '../../src/scenario/case.js';
import { callables, models } from '../../models/models.js';
import { call, cpu, region, world } from '../corpus/write-case.js';

/** Schedules name steps by paths whose numbers depend on both models of the lab. */

const register = { models, operations: operationsIn(callables.map((c) => c.operation)) };
const lab = new Laboratory(callables, builtIn('v4.14', register), builtIn('always-notify', register));

const path = lab
  .paths('user_write')
  .find((p) => / do_anonymous_page:\d+ set_pte_at$/.test(p) && !p.includes('huge'))!;
const stoppingAt = (at: string): Case => ({
  world: world([[region('anon', [])]]),
  hardware: {},
  threads: [cpu(0, call('user_write', 0, 0)), cpu(0, call('user_write', 0, 0))],
  schedule: [{ thread: 1, operation: 0, path: at, occurrence: 1 }],
});
const traced = (at: string): string[] => lab.trace(stoppingAt(at), 'candidate').steps.map((s) => s.hash);

test('a point whose numbers are those of other models is found by the names of its steps', () => {
  expect(path).toBeDefined();
  expect(traced(path.replaceAll(/:\d+/g, ':99+9'))).toEqual(traced(path));
});

test('a point that no model has, by whatever numbers, is refused with the nearest', () => {
  expect(() => traced(path.replace('do_anonymous_page', 'do_anonymous_pages'))).toThrow(
    /has no step .* Did you mean/,
  );
});
