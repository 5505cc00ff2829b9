import { drop, type Edit } from '../../src/program/model.js';
import { calleeOf, placed } from '../../src/program/locate.js';
import type { Operation, Register } from '../../src/program/step.js';

/** What edits need to know of the operation that they edit. */

/** The register of that name. */
export function register(operation: Operation, name: string): Register {
  const [found] = [...operation.takes, ...operation.gives, ...operation.locals].filter(
    (r) => r.name === name,
  );
  return found;
}

/** Drops every call of `callee` in the operation's own text. */
export function dropEvery(operation: Operation, callee: string, why?: string): readonly Edit[] {
  return placed(operation)
    .filter((p) => p.expansion === undefined && calleeOf(p.step) === callee)
    .map((_, i) => drop(operation.name, { callee, nth: i + 1 }, why));
}
