import { runtime } from '../machine/execute.js';
import { having } from '../program/differing.js';
import { lower } from '../program/lower.js';
import type { Edit, Model } from '../program/model.js';
import { operationsIn, operationsWith } from '../program/operations-in.js';
import type { Callable } from '../program/callable.js';
import type { Operation } from '../program/step.js';

/** A step that one of two models has and the other lacks, as coverage names it: program and path. */
export interface DifferingStep {
  readonly name: string;
  /** The C function that it stands in. */
  readonly operation: string;
  readonly site: string;
  /** The patched kernel lacks it, or what stood right behind it, and has nothing of its own there. */
  readonly dropped: boolean;
}

/**
 * The visible steps that a hunk's `edits` change in the base, in the order of the text, and those before a goto or a
 * register that they change; where there are none, the steps of the functions that they change. Named as in the kernel with the whole
 * `series`, which may number steps otherwise than the hunk alone.
 */
export function differingSteps(
  programs: readonly Operation[],
  base: Model,
  edits: readonly Edit[],
  series: readonly Edit[],
): readonly DifferingStep[] {
  if (edits.length === 0) return [];
  const withEdits = (list: readonly Edit[]): Model => ({ ...base, edits: [...base.edits, ...list] });
  const edited = new Set(edits.map(editedOperation));
  const reaches = (program: Operation): boolean =>
    operationsWith([program], [...base.edits, ...series]).some((o) => edited.has(o.name));
  // a program is laid out alike whatever stands beside it, and laying out all of them takes a second
  const [a, b] = lower(programs.filter(reaches), [withEdits(edits), base, withEdits(series)], runtime);
  const changed: DifferingStep[] = [];
  const around: DifferingStep[] = [];
  const [added, dropped] = [having(a, b), having(b, a)];
  a.instructions.forEach((i, pc) => {
    if (!i.visible || pc === 0) return;
    const { program, path, operation, site } = i.info;
    const step = {
      name: `${program} ${path}`,
      operation,
      site,
      dropped: added[pc] === 0 && dropped[pc] === 1,
    };
    if (added[pc] === 1 || dropped[pc] === 1) changed.push(step);
    else if (edited.has(operation)) around.push(step);
  });
  return changed.length > 0 ? changed : around;
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
