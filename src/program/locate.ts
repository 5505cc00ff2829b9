import { BadInput } from '../base/errors.js';
import type { Locator } from './model.js';
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

/** The one step that the locator names; throws {@link BadInput} when there is none. */
export function locate(operation: Operation, at: Locator): Step {
  return locatePlaced(operation, at).step;
}

/** The same with where it stands; a part stands where its verb does. */
export function locatePlaced(operation: Operation, at: Locator): Placed {
  const nth = at.nth ?? 1;
  let seen = 0;
  for (const p of placed(operation)) {
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
  throw new BadInput(`${where} has no call ${nth} of ${what}; an edit names a step that the operation has.`);
}
