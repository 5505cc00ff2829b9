import { assert } from '../base/assert.js';
import { locatorName, placed } from '../program/locate.js';
import { drop, insert, mute, notify, type Edit, type Locator, type Model } from '../program/model.js';
import type { Do, Operation, Step } from '../program/step.js';
import { unionOf } from '../program/union.js';
import type { Anchor } from './anchors.js';
import { frozen } from './copies.js';

/** A change that no edit can make: what an edit of the base model put in has no name of its own. */
export const PUT_IN = 'is put there by another change of the base model, which no edit can name';

/** The locator of a step of the operation's own text. */
export function locatorOf(operation: Operation, step: Step, part?: Do): Locator {
  const callee = locatorName(step);
  const same = placed(operation).filter((p) => p.expansion === undefined && locatorName(p.step) === callee);
  const nth = same.findIndex((p) => p.step === step) + 1;
  assert(nth > 0, `${operation.name} has no such step ${callee}`);
  return {
    callee,
    ...(nth === 1 ? {} : { nth }),
    ...(part?.part === undefined ? {} : { part: part.part }),
  };
}

/**
 * Makes one slot notify, or not: by its site if that reaches no other slot, else by the step itself. Undefined when no
 * edit can say it.
 */
export function toggle(operation: Operation, model: Model, slot: Anchor): Edit | undefined {
  const step = slot.step as Do;
  const edit = (slot.on ? mute : notify)(siteOf(operation, slot), step.slot!);
  if (onlyChanges(operation, model, edit, step)) return edit;
  if (!slot.own) return undefined;
  const verb = slot.expansion ?? step;
  const at = locatorOf(operation, verb, slot.expansion === undefined ? undefined : step);
  if (slot.on) return drop(operation.name, at);
  const { part: _, ...copy } = frozen(step, () => 1) as Do;
  return insert(operation.name, 'after', locatorOf(operation, verb), [copy]);
}

export function siteOf(operation: Operation, anchor: Anchor): string {
  return anchor.branch === '' ? operation.name : `${operation.name}/${anchor.branch}`;
}

/** The edit changes this slot and no other of the operation. Twins, of which the C has one, change together. */
function onlyChanges(operation: Operation, model: Model, edit: Edit, step: Do): boolean {
  const before = unionOf(operation, [model]);
  const after = unionOf(operation, [{ ...model, edits: [...model.edits, edit] }]);
  const slots = slotsIn(operation, model);
  const changed = slots.filter((s) => (before.mask(s) !== 0) !== (after.mask(s) !== 0));
  return changed.length === 1 && changed[0] === step;
}

function slotsIn(operation: Operation, model: Model): readonly Do[] {
  const inserted = model.edits.flatMap((e) =>
    e.kind === 'insert' && e.in === operation.name ? e.steps : [],
  );
  const holder: Operation = { ...operation, steps: [...operation.steps, ...inserted] };
  return placed(holder).flatMap((p) => (p.step.kind === 'do' && p.step.slot !== undefined ? [p.step] : []));
}
