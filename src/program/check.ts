import { checkArguments } from './check-arguments.js';
import { checkFlow } from './check-flow.js';
import { checkPaths } from './check-paths.js';
import type { Model } from './model.js';
import { operationsIn } from './operations-in.js';
import type { Problem } from './problem.js';
import type { Operation } from './step.js';

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
  const all = operationsIn(programs);
  const wrong = all.flatMap(checkArguments);
  if (wrong.length > 0) return wrong;
  return [...all.flatMap(checkFlow), ...checkPaths(programs, model)];
}
