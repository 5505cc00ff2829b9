import { BadInput } from '../base/errors.js';
import type { Edit, Locator } from './model.js';
import type { Expand, Step, Operation } from './step.js';

/** A step with where it stands in its operation's own text. */
export interface Placed {
  readonly step: Step;
  /** The part of an expanded verb, if it is one. */
  readonly expansion?: Expand;
  /** Branch names around it, outermost first, joined by '/'; empty outside every branch. */
  readonly branch: string;
  /** 1-based number of the statement in preorder; parts carry their verb's. */
  readonly number: number;
}

/** Every step of the operation's own text in preorder; called operations are one step each. */
export function placed(operation: Operation): readonly Placed[] {
  return placedIn(operation.steps, '');
}

/** The same of steps that stand inside `around`, or are to be put there; they are numbered from 1. */
export function placedIn(list: readonly Step[], around: string): readonly Placed[] {
  const out: Placed[] = [];
  let number = 0;
  const visit = (steps: readonly Step[], branch: string): void => {
    for (const step of steps) {
      if (step.kind === 'branch') {
        visit(step.steps, branch === '' ? step.name : `${branch}/${step.name}`);
        continue;
      }
      if (step.kind === 'inside') {
        visit(step.steps, branch);
        continue;
      }
      number++;
      out.push({ step, branch, number });
      if (step.kind === 'expand') {
        for (const part of step.parts) out.push({ step: part, expansion: step, branch, number });
      } else if (step.kind === 'when') {
        visit(step.then, branch);
        visit(step.otherwise, branch);
      } else if (step.kind === 'each') visit(step.body, branch);
    }
  };
  visit(list, around);
  return out;
}

/** The C callee that a step stands for; conditions count as a call of their test. */
export function calleeOf(step: Step): string {
  switch (step.kind) {
    case 'do':
      return step.primitive.name;
    case 'expand':
      return step.name;
    case 'when':
    case 'each':
      return step.condition.primitive.name;
    case 'call':
      return step.operation.name;
    case 'label':
    case 'goto':
    case 'branch':
    case 'inside':
      return '';
  }
}

/** How a locator names a step: its callee; a jump is `goto-out`, where it goes `label-out`. */
export function locatorName(step: Step): string {
  if (step.kind === 'goto') return `goto-${step.label}`;
  return step.kind === 'label' ? `label-${step.name}` : calleeOf(step);
}

/** The one step that the locator names; throws {@link BadInput} when there is none. `earlier`: see {@link Locator}. */
export function locate(operation: Operation, at: Locator, earlier: readonly Edit[] = []): Step {
  return locatePlaced(operation, at, earlier).step;
}

/** What the edits put into the operation, where it stands, edit by edit. */
export function putIn(operation: Operation, edits: readonly Edit[]): readonly Placed[] {
  return edits.flatMap((edit, i) => {
    if (edit.kind !== 'insert' || edit.in !== operation.name) return [];
    const { branch } = locatePlaced(operation, edit.step, edits.slice(0, i));
    return placedIn(stepsPut(operation, edit.steps), branch);
  });
}

/** A step of the text that is put elsewhere, too, is another step there: dropping the first one leaves it. */
export function stepsPut(operation: Operation, steps: readonly Step[]): readonly Step[] {
  const own = ownSteps(operation);
  return steps.map((step) => {
    if (!own.has(step)) return step;
    const copy = COPIES.get(step) ?? { ...step };
    COPIES.set(step, copy);
    return copy;
  });
}

/** The same copy of a step wherever it is put. */
const COPIES = new WeakMap<Step, Step>();
const OWN = new WeakMap<Operation, ReadonlySet<Step>>();

function ownSteps(operation: Operation): ReadonlySet<Step> {
  const own = OWN.get(operation) ?? new Set(placed(operation).map((p) => p.step));
  OWN.set(operation, own);
  return own;
}

/** The same with where it stands; a part stands where its verb does. */
export function locatePlaced(operation: Operation, at: Locator, earlier: readonly Edit[] = []): Placed {
  const nth = at.nth ?? 1;
  let seen = 0;
  for (const p of at.put === true ? putIn(operation, earlier) : placed(operation)) {
    if (p.expansion !== undefined) continue;
    if (at.branch !== undefined && p.branch !== at.branch) continue;
    if (locatorName(p.step) !== at.callee) continue;
    if (++seen < nth) continue;
    if (at.part === undefined) return p;
    const part = p.step.kind === 'expand' ? p.step.parts.find((d) => d.part === at.part) : undefined;
    if (part !== undefined) return { ...p, step: part };
    break;
  }
  const where = at.branch === undefined ? operation.name : `${operation.name}/${at.branch}`;
  const what = at.part === undefined ? at.callee : `${at.callee}.${at.part}`;
  const among = at.put === true ? ' among what earlier edits put there' : '';
  throw new BadInput(
    `${where} has no call ${nth} of ${what}${among}; an edit names a step that the operation has.`,
  );
}
