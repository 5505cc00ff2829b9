import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { builtIn } from '../../src/cli/load-model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { call, cpu, device, ends, region, segments, stops, world } from '../corpus/write-case.js';

const register = { models, operations: operationsIn(callables.map((c) => c.operation)) };
const lab = new Laboratory(callables, builtIn('v4.14', register), builtIn('always-notify', register));

/** The entry is a migration entry while its soft-dirty bit is cleared; then the page comes back, and is written. */
const whileItMoves = (writer: ReturnType<typeof cpu>): ReturnType<Laboratory['judge']> => {
  const threads = [cpu(0, call('clear_refs_write')), cpu(0, call('migrate_pages', 0)), writer];
  const unmapped = stops(1, 0, 'migrate_pages __unmap_and_move', 'migrate_page_move_mapping');
  const schedule = segments(lab, threads, [unmapped, ends(0, 0), ends(1, 0), ends(2, 0)]);
  return lab.judge({ world: world([[region('anon', ['page'])]]), hardware: {}, threads, schedule }, 20);
};

test.each([
  ['a CPU', cpu(0, call('user_write', 0, 0))],
  ['a device', device(0, call('device_write', 0, 0))],
])(
  'hardware marks what %s writes dirty alone: an entry that comes back writable loses the mark',
  (_, writer) => {
    const found = whileItMoves(writer);
    expect(found?.class).toBe('candidate-only');
    expect(found?.violation).toMatchObject({ kind: 'lost-dirty', addr: 0 });
  },
);
