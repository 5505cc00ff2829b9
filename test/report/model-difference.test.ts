import { expect, test } from '@jest/globals';

import { differencesOf } from '../../src/report/model-difference.js';
import { orderingLines } from '../../src/report/ordering-text.js';
import { orderingOf } from '../../src/run/ordering.js';
import { callables, late, readsFreedPage, strict } from './small-kernel.js';

const operations = callables.map((c) => c.operation);

test('steps that only one of two kernels runs are found, whatever the edit', () => {
  expect(differencesOf(operations, late, strict)).toEqual([
    {
      operation: 'replace',
      place: 'replace:5 ptep_clear_flush_notify.notify',
      slot: 'after-clear',
      runs: 'reference',
    },
    { operation: 'replace', place: 'replace:10+ flush_tlb_mm', runs: 'candidate' },
  ]);
  expect(differencesOf(operations, late, late)).toEqual([]);
});

test('a cycle is told edge by edge, and its absence is told', () => {
  const write = (thread: number, location: number, value: number) =>
    ({ thread, operation: 0, kind: 'write', location, value }) as const;
  const read = (thread: number, location: number, value: number) =>
    ({ thread, operation: 0, kind: 'read', location, value }) as const;
  const cycle = orderingLines(
    orderingOf([write(0, 2, 2), write(0, 4, 3), read(1, 4, 3), read(1, 2, 0)]),
    readsFreedPage,
  );
  expect(cycle.join('\n')).toContain('dev0 reads 0 at mm0:1 word 0, which reads what it overwrites');
  expect(cycle.filter((line) => line.startsWith('- '))).toHaveLength(4);
  expect(orderingLines(orderingOf([write(0, 2, 2)]), readsFreedPage)[0]).toContain('no cycle');
});
