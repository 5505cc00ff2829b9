import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { layColumns, WIDTH } from '../../src/report/columns.js';

test('columns are as wide as their widest cell', () => {
  expect(
    layColumns(
      ['a', 'bb', 'what changed'],
      [
        ['1', '', 'x'],
        ['', '333', ''],
      ],
    ),
  ).toBe('a  bb   what changed\n1       x\n   333');
});

test('no line is wider than a report, whatever the cells, and none is wrapped', () => {
  const cell = fc.string({ maxLength: 200 }).map((s) => s.replace(/\s/g, '_'));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { maxLength: 8 }), (rows) => {
      const lines = layColumns(['', 'step', 'cpu0', 'dev0', 'what changed'], rows).split('\n');
      expect(lines).toHaveLength(rows.length + 1);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(WIDTH);
    }),
  );
});

test('what changed is cut before the names of steps are', () => {
  const step = 'mmu_notifier_invalidate_range_start';
  const text = layColumns(['cpu0', 'cpu1', 'what changed'], [[step, step, 'x'.repeat(120)]]);
  expect(text.split('\n')[1]).toBe(`${step}  ${step}  ${'x'.repeat(73)}...`);
});
