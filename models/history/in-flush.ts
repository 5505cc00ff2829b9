import { mute, notify, type Edit } from '../../src/program/model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import type { Operation, Step } from '../../src/program/step.js';
import { slotsOf } from '../../src/program/union.js';
import { callables } from '../operations/register.js';

/**
 * v6.6, 1af5a8109904 and its series: the CPU flush helpers invalidate the secondary TLBs, and nobody else does. Every
 * slot `in-flush` notifies and no other: also of operations, and of steps that `edits` put in, that nobody thought of here.
 */
export function inFlush(edits: readonly Edit[]): readonly Edit[] {
  return slotsOf(operations(edits), edits).map(({ site, slot }) =>
    slot === 'in-flush' ? notify(site, slot) : mute(site, slot),
  );
}

/** All operations, and those that only edits call. */
function operations(edits: readonly Edit[]): readonly Operation[] {
  const inserted = edits.flatMap((edit): readonly Step[] => (edit.kind === 'insert' ? edit.steps : []));
  const of = (steps: readonly Step[]): Operation => ({
    name: '',
    from: '',
    version: '',
    takes: [],
    gives: [],
    locals: [],
    steps,
  });
  const all = operationsIn([...callables.map((c) => c.operation), of(inserted)]);
  return all.filter((operation) => operation.name !== '');
}
