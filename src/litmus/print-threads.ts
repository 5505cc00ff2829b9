import type { Callable } from '../program/callable.js';
import { argText } from '../report/case-text.js';
import { agentName, cpusOf, pagesOf } from '../report/names.js';
import type { Case, OperationCall, Segment, ThreadProgram } from '../scenario/case.js';
import { extrasText } from './litmus-test.js';

export const THREAD_FIELDS = ['kind', 'mm', 'subscriber', 'operations'];
export const CALL_FIELDS = ['name', 'args', 'choices'];
export const SEGMENT_FIELDS = ['thread', 'operation', 'path', 'occurrence'];

/** A column a thread: who runs where, and its operations from number 0 on. */
export function threadLines(c: Case, callables: readonly Callable[]): readonly string[] {
  const cpus = cpusOf(c);
  const columns = c.threads.map((thread, t) => [
    headText(thread, agentName(t, cpus)),
    ...thread.operations.map((call) => callText(call, callables, pagesOf(c))),
  ]);
  const rows = Math.max(...columns.map((cells) => cells.length));
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  return Array.from({ length: rows }, (_, row) => {
    const cells = columns.map((column, t) => (column[row] ?? '').padEnd(widths[t]));
    return ` ${cells.join(' | ')} ;`;
  });
}

/** `dev0@mm1 kvm`. */
function headText(thread: ThreadProgram, agent: string): string {
  const how = thread.subscriber === undefined ? '' : ` ${thread.subscriber}`;
  return `${agent}@mm${thread.mm}${how}${extrasText(thread, THREAD_FIELDS)}`;
}

/** `madvise_dontneed(mm0:0, 2) [gather-full]`. */
function callText(call: OperationCall, callables: readonly Callable[], pages: number): string {
  const kinds = callables.find((c) => c.operation.name === call.name)?.args ?? [];
  const args = call.args.map((n, i) => argText(n, kinds[i], pages));
  const choices = call.choices.length === 0 ? '' : ` [${call.choices.join(', ')}]`;
  return `${call.name}(${args.join(', ')})${choices}${extrasText(call, CALL_FIELDS)}`;
}

/** `dev0.0` for its end, `cpu0.0 before "user_write:3 …" 2` for where it stands the second time. */
export function scheduleLines(c: Case): readonly string[] {
  const cpus = cpusOf(c);
  return c.schedule.map((segment) => {
    const who = `${agentName(segment.thread, cpus)}.${segment.operation}`;
    return `${who}${pointText(segment)}${extrasText(segment, SEGMENT_FIELDS)}`;
  });
}

function pointText({ path, occurrence }: Segment): string {
  const times = occurrence === 1 ? '' : ` ${occurrence}`;
  return path === '' ? `${times === '' ? '' : ' end'}${times}` : ` before ${JSON.stringify(path)}${times}`;
}
