import type { Violation } from '../oracle/verdict.js';
import type { Callable } from '../program/callable.js';
import type { Trace, TraceStep } from '../run/lab.js';
import type { Case } from '../scenario/case.js';
import { callText } from './case-text.js';
import { layColumns } from './columns.js';
import { changeText, Describer } from './describe.js';
import { agentName, cpusOf, pagesOf } from './names.js';

/** One line of a trace: a mark in the margin, the number of the step, what a thread does, what changed. */
export interface TraceRow {
  readonly mark: '' | '>' | '|' | '!';
  /** Undefined for a line that only says where a thread is. */
  readonly step: number | undefined;
  readonly thread: number;
  readonly text: string;
  readonly changes: readonly string[];
}

/**
 * The interleaving as a table: a column a thread, the kernel's names of the steps in it, what changed at the right.
 * `>` in the margin marks the step that opened the window, `|` the steps in it, `!` the one at which it showed.
 * A step that the model lacks has a `-` before it, one that an edit put in a `+`.
 * Nothing is wrapped; what is too long is cut.
 */
export function traceTable(
  c: Case,
  trace: Trace,
  callables: readonly Callable[],
  violation: Violation | undefined = trace.outcome.violation,
): string {
  const rows = traceRows(c, trace, callables, violation);
  const used = c.threads.map((_, t) => t).filter((t) => rows.some((row) => row.thread === t));
  const names = used.map((t) => agentName(t, cpusOf(c)));
  const lines = shorten(rows).map((row) => [
    row.mark,
    row.step === undefined ? '' : String(row.step),
    ...used.map((t) => (t === row.thread ? row.text : '')),
    row.changes.join('; '),
  ]);
  return layColumns(['', 'step', ...names, 'what changed'], lines);
}

/** Rows of a long trace that are kept at the beginning, around the marks, and at the end. */
const KEPT = 60;

/** Leaves out the middle of a trace that nobody would read: neither beginning nor end, nor near a mark. */
function shorten(rows: readonly TraceRow[]): readonly TraceRow[] {
  if (rows.length <= 4 * KEPT) return rows;
  const marked = rows.flatMap((row, i) => (row.mark === '>' || row.mark === '!' ? [i] : []));
  const near = [0, ...marked, rows.length - 1];
  const kept = (i: number): boolean => near.some((n) => Math.abs(n - i) < KEPT);
  return rows.flatMap((row, i) => {
    if (kept(i)) return [row];
    return kept(i - 1) ? [{ ...row, mark: '', step: undefined, text: '  ...', changes: [] }] : [];
  });
}

/** The rows of the table, for whoever wants them as data. */
export function traceRows(
  c: Case,
  trace: Trace,
  callables: readonly Callable[],
  violation: Violation | undefined,
): readonly TraceRow[] {
  const describer = new Describer(trace.layout, trace.start);
  const threads = c.threads.map(() => ({ operation: -1, inside: '' }));
  return trace.steps.flatMap((step) => {
    const mark = markOf(step.step, violation);
    const at = threads[step.thread];
    const around = (text: string): TraceRow => ({
      mark: mark === '' || step.step === violation?.opened ? '' : '|',
      step: undefined,
      thread: step.thread,
      text,
      changes: [],
    });
    const rows: TraceRow[] = [];
    const call = c.threads[step.thread]?.operations[step.operation];
    const inside = innermost(step.path).operation;
    if (at.operation !== step.operation) {
      at.operation = step.operation;
      at.inside = call?.name ?? '';
      if (call !== undefined) rows.push(around(callText(call, callables, pagesOf(c))));
    }
    if (at.inside !== inside) rows.push(around(` in ${inside}`));
    at.inside = inside;
    const changes = describer.next(step).map(changeText);
    return [...rows, { mark, step: step.step, thread: step.thread, text: stepText(step), changes }];
  });
}

function markOf(step: number, v: Violation | undefined): TraceRow['mark'] {
  if (v === undefined) return '';
  if (step === v.step) return '!';
  if (step === v.opened) return '>';
  return v.opened >= 0 && step > v.opened && step < v.step ? '|' : '';
}

/** `  ptep_clear_flush.clear`, `  load = w1`; `- …` for a step that the model lacks, `+ …` for one that it adds. */
function stepText(step: TraceStep): string {
  const returned = step.returned === undefined ? '' : ` = ${step.returned}`;
  const { number, step: name } = innermost(step.path);
  const sign = step.idle === true ? '-' : number.endsWith('+') ? '+' : ' ';
  return `${sign} ${name}${returned}`;
}

/** The innermost part of a path: `munmap:5 unmap_vmas:3 zap_pte_range:9 ptep_get` is in zap_pte_range. */
export function innermost(path: string): {
  readonly operation: string;
  readonly number: string;
  readonly step: string;
} {
  const [, operation = '', number = '', step = path] =
    /(?:^| )([^ :]+):(\d+(?:\+\d*)?) (\S+)$/.exec(path) ?? [];
  return { operation, number, step };
}
