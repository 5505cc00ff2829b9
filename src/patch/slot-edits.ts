import { assert } from '../base/assert.js';
import { locatorName, placed, putIn, type Placed } from '../program/locate.js';
import { drop, insert, mute, notify, type Edit, type Locator, type Model } from '../program/model.js';
import type { Do, Operation, Step } from '../program/step.js';
import { unionOf } from '../program/union.js';
import type { Anchor } from './anchors.js';
import { frozen } from './copies.js';

/** A change that no edit can make: one step of the base model that its changes put at several places. */
export const PUT_TWICE =
  'is put at several places by the changes of the base model: no edit names one of them';

/** The locator of a step of the operation's own text, or of one that the model's edits put into it. */
export function locatorOf(operation: Operation, model: Model, step: Step, part?: Do): Locator {
  const callee = locatorName(step);
  const among = (all: readonly Placed[]): number =>
    all
      .filter((p) => p.expansion === undefined && locatorName(p.step) === callee)
      .findIndex((p) => p.step === step) + 1;
  const own = among(placed(operation));
  const nth = own > 0 ? own : among(putIn(operation, model.edits));
  assert(nth > 0, `${operation.name} has no such step ${callee}`);
  return {
    callee,
    ...(nth === 1 ? {} : { nth }),
    ...(part?.part === undefined ? {} : { part: part.part }),
    ...(own > 0 ? {} : { put: true }),
  };
}

/** A locator names the anchor's step: one that is put at two places is two steps, and one name. */
export function isNamed(operation: Operation, model: Model, anchor: Anchor): boolean {
  if (anchor.own) return true;
  const verb = anchor.expansion ?? anchor.step;
  return putIn(operation, model.edits).filter((p) => p.step === verb).length === 1;
}

/**
 * Makes one slot notify, or not: by its site if that reaches no other slot, else by the step itself. Undefined when no
 * edit can say it.
 */
export function toggle(operation: Operation, model: Model, slot: Anchor): Edit | undefined {
  const step = slot.step as Do;
  const edit = (slot.on ? mute : notify)(siteOf(operation, slot), step.slot!);
  if (onlyChanges(operation, model, edit, step)) return edit;
  if (!isNamed(operation, model, slot)) return undefined;
  const verb = slot.expansion ?? step;
  const at = locatorOf(operation, model, verb, slot.expansion === undefined ? undefined : step);
  if (slot.on) return drop(operation.name, at);
  const { part: _, ...copy } = frozen(step, () => 1) as Do;
  return insert(operation.name, 'after', locatorOf(operation, model, verb), [copy]);
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
