import { expect, test } from '@jest/globals';

import { innermost, traceRows, traceTable } from '../../src/report/trace-table.js';
import type { Trace } from '../../src/run/lab.js';
import { callables, lab, readsFreedPage } from './small-kernel.js';

const trace = lab.trace(readsFreedPage, 'candidate');
const rows = traceRows(readsFreedPage, trace, callables, trace.outcome.violation);

test('every step is a row of its thread, in order', () => {
  const steps = rows.filter((row) => row.step !== undefined);
  expect(steps.map((row) => row.step)).toEqual(trace.steps.map((s) => s.step));
  expect(steps.map((row) => row.thread)).toEqual(trace.steps.map((s) => s.thread));
});

test('the window runs from the step that opened it to the step at which it showed', () => {
  const marks = rows.map((row) => row.mark).join('');
  expect(marks).toMatch(/^>\|+!$/);
  expect(rows.find((row) => row.mark === '>')?.text).toBe('  ptep_clear_flush_notify.clear');
  expect(rows.find((row) => row.mark === '!')?.step).toBe(trace.outcome.violation?.step);
});

test('steps that the model lacks and steps that it adds are told apart from the others', () => {
  const texts = rows.map((row) => row.text);
  expect(texts).toContain('- ptep_clear_flush_notify.notify');
  expect(texts).toContain('+ flush_tlb_mm.flush');
  const reference = traceRows(readsFreedPage, lab.trace(readsFreedPage, 'reference'), callables, undefined);
  expect(reference.map((row) => row.text)).toContain('  ptep_clear_flush_notify.notify');
  expect(reference.every((row) => row.mark === '')).toBe(true);
});

test('of a very long trace the beginning, the end and what is near the window are kept', () => {
  const [first] = trace.steps;
  const long: Trace = {
    ...trace,
    steps: Array.from({ length: 2000 }, (_, step) => ({ ...first, step, changes: [] })),
  };
  const violation = { ...trace.outcome.violation!, opened: 1000, step: 1900 };
  const lines = traceTable(readsFreedPage, long, callables, violation).split('\n');
  expect(lines.length).toBeLessThan(400);
  for (const step of ['0', '1000', '1900', '1999'])
    expect(lines.some((l) => l.includes(` ${step} `))).toBe(true);
  expect(lines.filter((l) => l.trim() === '...')).toHaveLength(2);
});

test('the innermost step of a path is what the kernel function calls', () => {
  expect(innermost('munmap:5 unmap_vmas:3 zap_pte_range:9+ tlb_flush.notify')).toEqual({
    operation: 'zap_pte_range',
    number: '9+',
    step: 'tlb_flush.notify',
  });
});
