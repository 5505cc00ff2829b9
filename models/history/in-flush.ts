import { mute, notify, type Edit } from '../../src/program/model.js';
import { operationsWith } from '../../src/program/operations-in.js';
import { slotsOf } from '../../src/program/union.js';
import { callables } from '../operations/register.js';

/**
 * v6.6, 1af5a8109904 and its series: the CPU flush helpers invalidate the secondary TLBs, and nobody else does. Every
 * slot `in-flush` notifies and no other: also of operations, and of steps that `edits` put in, that nobody thought of here.
 */
export function inFlush(edits: readonly Edit[]): readonly Edit[] {
  const operations = operationsWith(
    callables.map((c) => c.operation),
    edits,
  );
  return slotsOf(operations, edits).map(({ site, slot }) =>
    slot === 'in-flush' ? notify(site, slot) : mute(site, slot),
  );
}
