import { expect, test } from '@jest/globals';

import { builtIn } from '../../src/cli/load-model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { Laboratory } from '../../src/run/laboratory.js';
import { callables, models } from '../../models/models.js';
import { call, cpu, device, ends, region, segments, stops, world } from '../corpus/write-case.js';

/** What is timing, or chance, and what the reference cannot do whatever its timing. */

const register = { models, operations: operationsIn(callables.map((c) => c.operation)) };
const labOf = (model: string): Laboratory =>
  new Laboratory(callables, builtIn(model, register), builtIn('always-notify', register));
const lab = labOf('v4.14');
const v4_15 = labOf('v4.15');

test('a write that succeeds only because its kernel never asks for memory that is not there is no divergence', () => {
  // MADV_DONTNEED finds no PMD entry in v4.14 while the huge zero page is copied, and leaves the copy; where it
  // waits, the write needs a page of its own, which the case denies
  const write = { ...call('user_write', 0, 0), choices: ['page-allocation-fails'] };
  const threads = [cpu(0, call('madvise_dontneed', 0, 1)), cpu(0, write)];
  const copied = 'user_write __do_page_fault handle_mm_fault do_huge_pmd_wp_page';
  const schedule = segments(lab, threads, [stops(1, 0, copied, 'pmdp_huge_clear_flush_notify.flush')]);
  const c = { world: world([[region('anon', [], { map: 'huge-zero' })]]), hardware: {}, threads, schedule };
  expect(lab.replay(c, 'candidate').finalMemory).not.toBe(lab.replay(c, 'reference').finalMemory);
  expect(lab.judge(c, 20)).toBeUndefined();
});

test('a page that a device sees at both addresses while it moves is a divergence of the kernel that tells it late', () => {
  const threads = [
    cpu(0, call('mremap', 0, 4, 4)),
    device(0, call('device_write', 3, 0), call('device_read', 7, 0), call('device_read', 3, 0)),
  ];
  const late = stops(0, 0, 'mremap move_vma move_page_tables', 'mmu_notifier_invalidate_range_end.notify');
  const schedule = segments(lab, threads, [ends(1, 0), late, ends(1, 2)]);
  const c = { world: world([[region('anon', [])]]), hardware: {}, threads, schedule };
  expect(lab.judge(c, 20)?.class).toBe('divergence');
}, 30_000);

test('a write that lands a little late, in the middle of what another thread does without a pause, is no divergence', () => {
  // KSM write-protects the page and tells the device at its range_end; the write lands in between in v4.15, and before
  // the entry changes in the reference
  const shrink = { ...call('shrink_page_list', 0), choices: ['swapbacked-mismatch'] };
  const threads = [cpu(0, shrink), cpu(0, call('ksm_scan', 0, 1)), device(0, call('device_write', 0, 0))];
  const merge = 'ksm_scan try_to_merge_with_ksm_page';
  const schedule = segments(v4_15, threads, [
    stops(2, 0, 'device_write', 'post'),
    stops(
      1,
      0,
      `${merge} try_to_merge_one_page write_protect_page`,
      'mmu_notifier_invalidate_range_end.notify',
      1,
    ),
    ends(2, 0),
    stops(1, 0, merge, 'up_read', 1),
  ]);
  const pages = region('anon', ['page', 'page'], { mergeable: true });
  const c = { world: world([[pages]]), hardware: {}, threads, schedule };
  expect(v4_15.replay(c, 'candidate').finalMemory).not.toBe(v4_15.replay(c, 'reference').finalMemory);
  expect(v4_15.judge(c, 20)).toBeUndefined();
});

test('which page a second memory error hits is chance, and no divergence', () => {
  // the first error leaves the page mapped; v4.14 writes it in place, the reference copies it
  const fails = { ...call('memory_failure', 0), choices: ['swap-duplicate-fails'] };
  const threads = [
    cpu(0, call('user_read', 0, 0), fails, call('user_write', 0, 0), call('memory_failure', 0)),
  ];
  const c = { world: world([[region('anon', ['swapped'])]]), hardware: {}, threads, schedule: [] };
  expect(lab.replay(c, 'candidate').finalMemory).not.toBe(lab.replay(c, 'reference').finalMemory);
  expect(lab.judge(c, 20)).toBeUndefined();
});

test('what stands beside a word that was written to a page that reclaim had dropped is its choice, and no divergence', () => {
  // the reference writes the huge page in place, so that reclaim meets another page, which it cannot drop
  const dropped = { ...call('shrink_page_list', 12), choices: ['swapbacked-mismatch'] };
  const threads = [
    cpu(0, call('migrate_pages', 12), dropped),
    device(1, call('device_write', 12, 0), call('device_write', 12, 0)),
  ];
  const v6_1 = labOf('v6.1');
  const schedule = segments(v6_1, threads, [ends(1, 0)]);
  const none = region('none', []);
  const mms = [0, 1].map(() => [none, region('anon', [], { map: 'huge-shared' })]);
  const c = { world: world(mms), hardware: {}, threads, schedule };
  expect(v6_1.replay(c, 'candidate').finalMemory).not.toBe(v6_1.replay(c, 'reference').finalMemory);
  expect(v6_1.judge(c, 20)).toBeUndefined();
});

test('a read that the reference lets run before the others can come after them as well, and is no divergence', () => {
  const WRITE = call('gup_fast_write', 4, 0);
  const READ = call('user_read', 4, 0);
  const ZERO = call('user_read', 0, 0);
  const threads = [
    cpu(0, WRITE, ZERO, ZERO, READ, READ, call('user_write', 4, 0)),
    cpu(0, WRITE),
    { ...device(0, call('device_write', 1, 0), call('device_read', 4, 0)), subscriber: 'pin' as const },
    device(0, call('device_read', 4, 0)),
  ];
  const v4_12 = labOf('v4.12');
  // where the two kernels call huge_pte_alloc differs, and only the candidate's device stops there
  const fault =
    'device_read:14 prq_event_thread:16 handle_mm_fault:2 hugetlb_fault:14+2 huge_pte_alloc:14 pmd_alloc';
  const rest = segments(v4_12, threads, [
    ends(2, 1),
    stops(0, 4, 'user_read', 'load'),
    stops(1, 0, 'gup_fast_write put_pinned_page', 'lock_page'),
  ]);
  const schedule = [{ thread: 3, operation: 0, path: fault, occurrence: 1 }, ...rest];
  const mapped = [region('anon', []), region('hugetlb-private', [])];
  const c = { world: world([mapped]), hardware: {}, threads, schedule };
  expect(v4_12.judge(c, 20)).toBeUndefined();
}, 30_000);
