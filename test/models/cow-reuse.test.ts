import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { builtIn } from '../../src/cli/load-model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { call, cpu, device, ends, nothing, region, segments, stops, world } from '../corpus/write-case.js';

const register = { models, operations: operationsIn(callables.map((c) => c.operation)) };
const lab = new Laboratory(callables, builtIn('v4.14', register), builtIn('always-notify', register));

test.each([
  ['base page', region('anon', ['shared'])],
  ['huge page', region('anon', [], { map: 'huge-shared' })],
  ['hugetlb page', region('hugetlb-private', [], { map: 'huge-shared' })],
])('a %s is not written in place while a zap has counted a mapping out and not flushed it', (_, shared) => {
  const threads = [
    cpu(0, call('user_write', 0, 0)),
    cpu(1, call('munmap', 8, 4)),
    cpu(1, call('user_read', 8, 0), call('user_read', 8, 0)),
    device(1, call('device_read', 8, 0), call('device_read', 8, 0)),
  ];
  const counted = segments(lab, threads, [
    ends(2, 0),
    ends(3, 0),
    stops(1, 0, 'munmap do_munmap unmap_vmas', 'mmu_notifier_invalidate_range_end.notify'),
    ends(0, 0),
    ends(2, 1),
    ends(3, 1),
  ]);
  const found = lab.judge(
    { world: world([[shared], [shared, nothing]]), hardware: {}, threads, schedule: counted },
    50,
  );
  expect(found?.class).toBe('candidate-only');
  expect(found?.violation).toMatchObject({ kind: 'stale-read', addr: 8 });
});
