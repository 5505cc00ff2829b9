import type { Edit } from './model.js';
import type { Operation, Step } from './step.js';

/** The operations and everything that they call, each once, callees after their first caller. */
export function operationsIn(roots: readonly Operation[]): readonly Operation[] {
  return reached(roots, []);
}

/** The same, and those that only steps which `edits` put in call. */
export function operationsWith(roots: readonly Operation[], edits: readonly Edit[]): readonly Operation[] {
  return reached(
    roots,
    edits.flatMap((edit) => (edit.kind === 'insert' ? edit.steps : [])),
  );
}

function reached(roots: readonly Operation[], inserted: readonly Step[]): readonly Operation[] {
  const seen = new Set<Operation>();
  const visit = (op: Operation): void => {
    if (seen.has(op)) return;
    seen.add(op);
    walk(op.steps);
  };
  const walk = (steps: readonly Step[]): void => {
    for (const s of steps) {
      if (s.kind === 'call') visit(s.operation);
      else if (s.kind === 'expand') walk(s.parts);
      else if (s.kind === 'when') {
        walk(s.then);
        walk(s.otherwise);
      } else if (s.kind === 'each') walk(s.body);
      else if (s.kind === 'branch' || s.kind === 'inside') walk(s.steps);
    }
  };
  roots.forEach(visit);
  walk(inserted);
  return [...seen];
}
