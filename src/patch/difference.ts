import { runtime } from '../machine/execute.js';
import { lower } from '../program/lower.js';
import type { Edit, Model } from '../program/model.js';
import { operationsIn } from '../program/operations-in.js';
import type { Callable } from '../program/callable.js';
import type { Operation } from '../program/step.js';

/** A step that one of two models has and the other lacks, as coverage names it: program and path. */
export interface DifferingStep {
  readonly name: string;
  /** The C function that it stands in. */
  readonly operation: string;
  readonly site: string;
}

/**
 * The visible steps in which two models differ, in the order of the text; where they differ in nothing that is visible (a
 * goto, a register), the steps of the functions that `edits` change.
 */
export function differingSteps(
  programs: readonly Operation[],
  model: Model,
  base: Model,
  edits: readonly Edit[],
): readonly DifferingStep[] {
  const [a, b] = lower(programs, [model, base], runtime);
  const edited = new Set(edits.map(editedOperation));
  const differing: DifferingStep[] = [];
  const around: DifferingStep[] = [];
  a.instructions.forEach((i, pc) => {
    if (!i.visible || pc === 0) return;
    const { program, path, operation, site } = i.info;
    const step = { name: `${program} ${path}`, operation, site };
    if (i.idle !== b.instructions[pc].idle) differing.push(step);
    else if (edited.has(operation)) around.push(step);
  });
  return differing.length > 0 ? differing : around;
}

/** The C function that an edit changes. */
export function editedOperation(edit: Edit): string {
  return edit.kind === 'mute' || edit.kind === 'notify' ? edit.site.split('/')[0] : edit.in;
}

/** The program operations from which one of the functions is called. */
export function callersOf(callables: readonly Callable[], functions: ReadonlySet<string>): readonly string[] {
  return callables
    .filter((c) => operationsIn([c.operation]).some((o) => functions.has(o.name)))
    .map((c) => c.operation.name);
}
