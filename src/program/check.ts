import { checkArguments } from './check-arguments.js';
import { checkFlow } from './check-flow.js';
import { checkPaths } from './check-paths.js';
import type { Model } from './model.js';
import type { Problem } from './problem.js';
import type { Operation, Step } from './step.js';

/** The operations as they stand, without a kernel's edits. */
const base: Model = {
  name: 'base',
  about: 'the operations as they were read',
  readFrom: 'v4.14',
  era: '4.13-4.14',
  cowReuse: 'mapcount',
  edits: [],
};

/**
 * Static checks of program operations and of all that they call, without running them; see checkArguments, checkFlow
 * and checkPaths for what they verify and what they do not. Paths are followed as `model` has them, only where the
 * texts themselves are sound.
 */
export function checkOperations(programs: readonly Operation[], model: Model = base): readonly Problem[] {
  const all = operationsUnder(programs);
  const wrong = all.flatMap(checkArguments);
  if (wrong.length > 0) return wrong;
  return [...all.flatMap(checkFlow), ...checkPaths(programs, model)];
}

/** The operations and those that they call, each once, callers first. */
export function operationsUnder(programs: readonly Operation[]): readonly Operation[] {
  const out = new Set<Operation>();
  const visit = (operation: Operation): void => {
    if (out.has(operation)) return;
    out.add(operation);
    steps(operation.steps);
  };
  const steps = (list: readonly Step[]): void => {
    for (const s of list) {
      if (s.kind === 'call') visit(s.operation);
      else if (s.kind === 'branch' || s.kind === 'inside') steps(s.steps);
      else if (s.kind === 'each') steps(s.body);
      else if (s.kind === 'when') steps([...s.then, ...s.otherwise]);
    }
  };
  programs.forEach(visit);
  return [...out];
}
