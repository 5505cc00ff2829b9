import { when } from '../program/build.js';
import { drop, insert, type Edit } from '../program/model.js';
import type { Condition, Step, When } from '../program/step.js';
import type { Anchor } from './anchors.js';
import type { ConditionPart } from './conditions.js';
import { frozen, maskIn } from './copies.js';
import { stands, type Element } from './elements.js';
import { isIdle } from './idle.js';
import { short } from './leftovers.js';
import { partCondition } from './new-conditions.js';
import { Obstacle, type Scene } from './scene.js';
import { isNamed, locatorOf } from './slot-edits.js';

/** A condition that loses a part, or gains one, around what stays as it is. */
export function refined(scene: Scene, index: number, part: ConditionPart): readonly Edit[] {
  return scene.elements[index].sign === '-' ? lost(scene, index, part) : won(scene, index, part);
}

/** Joined by `&&` the part is taken for true from now on, by `||` for false: what then runs stands without the test. */
function lost(scene: Scene, index: number, part: ConditionPart): readonly Edit[] {
  const { operation, model, anchors, at, rivals, elements } = scene;
  const { line } = elements[index].change;
  const anchor = at[index] < 0 ? undefined : anchors[at[index]];
  if (anchor?.step.kind !== 'when')
    throw new Obstacle(
      'not-modelled',
      line,
      `"${short(part.text)}", which a condition loses, is not in the model`,
    );
  if (rivals[index].length > 0 || !isNamed(operation, model, anchor))
    throw new Obstacle(
      'not-placeable',
      line,
      `"${short(part.text)}" could stand at several places of ${operation.name}`,
    );
  const { condition, then, otherwise } = anchor.step;
  const holds = (part.by === '&&') === asksFor(part, condition);
  const mask = maskIn(operation, model);
  const rest = (holds ? then : otherwise).filter((s) => mask(s) !== 0).map((s) => frozen(s, mask));
  const step = locatorOf(operation, model, anchor.step);
  const stays = rest.length === 0 ? [] : [insert(operation.name, 'before', step, rest)];
  return [...stays, drop(operation.name, step)];
}

/** The part, when it is true, makes the operation's condition true. */
function asksFor({ text }: ConditionPart, condition: Condition): boolean {
  const plain = !/^! /.test(text);
  return (plain === !condition.negated) !== (condition.primitive.name === 'is_zero');
}

/** Joined by `&&` it is one more condition of what stands there, by `||` another way to it. */
function won(scene: Scene, index: number, part: ConditionPart): readonly Edit[] {
  const condition = partCondition(scene, scene.elements[index], part);
  return part.by === '&&' ? narrowed(scene, index, condition) : widened(scene, index, condition);
}

function narrowed(scene: Scene, index: number, condition: Condition): readonly Edit[] {
  const { operation, model } = scene;
  const mask = maskIn(operation, model);
  const body = bodyOf(scene, index);
  if (body.length > 1 && condition.primitive.visible)
    throw new Obstacle(
      'not-modelled',
      scene.elements[index].change.line,
      'a condition is asked once for several steps',
    );
  return body.flatMap(({ step }) => {
    const at = locatorOf(operation, model, step);
    return [
      insert(operation.name, 'before', at, [when(condition, [frozen(step, mask)])]),
      drop(operation.name, at),
    ];
  });
}

/** The steps that stand under the condition in the C, all of which must be known. */
function bodyOf(scene: Scene, index: number): readonly Anchor[] {
  const { elements, anchors, at, rivals, operation, model, changes } = scene;
  const test = elements[index];
  const inner = (e: Element): boolean =>
    e.hunk === test.hunk && e.sign !== '+' && stands(e.change, test.change);
  const own = elements.flatMap((e, i) => (inner(e) && isOutermost(e, test) ? [i] : []));
  const placed = own.flatMap((i) => (at[i] < 0 || rivals[i].length > 0 ? [] : [anchors[at[i]]]));
  const known = new Set(own.map((i) => elements[i].change));
  const unknown = changes[test.hunk].find(
    (c) => c.sign !== '+' && stands(c, test.change) && !known.has(c) && !isIdle(c) && c.unit.kind !== 'test',
  );
  if (
    own.length === 0 ||
    placed.length < own.length ||
    unknown !== undefined ||
    !placed.every((a) => isNamed(operation, model, a))
  )
    throw new Obstacle(
      'not-placeable',
      test.change.line,
      `not all that stands under the condition is known in ${operation.name}`,
    );
  return placed;
}

/** No other condition stands between. */
function isOutermost(e: Element, test: Element): boolean {
  return e.change.unit.around === `${test.change.unit.around} > ${test.change.unit.text}`;
}

function widened(scene: Scene, index: number, condition: Condition): readonly Edit[] {
  const { operation, model, elements, anchors, at, rivals } = scene;
  const { line } = elements[index].change;
  const last = elements.findLastIndex(
    (e, i) => e.change === elements[index].change && e.sign !== '+' && at[i] >= 0 && rivals[i].length === 0,
  );
  const other = last < 0 ? undefined : anchors[at[last]];
  // `if (a || b) X` is written `when a goto X; when b goto X` here; a condition that is left early cannot be told apart
  if (
    other === undefined ||
    !isNamed(operation, model, other) ||
    !jumps(other.step) ||
    other.step.condition.negated
  )
    throw new Obstacle('not-modelled', line, `${operation.name} has no condition that another could join`);
  const steps: readonly Step[] = [when(condition, other.step.then)];
  return [insert(operation.name, 'after', locatorOf(operation, model, other.step), steps)];
}

function jumps(step: Step): step is When {
  return (
    step.kind === 'when' &&
    step.then.length === 1 &&
    step.then[0].kind === 'goto' &&
    step.otherwise.length === 0
  );
}
