import { drop, type Edit } from '../program/model.js';
import type { Do, Expand, Step } from '../program/step.js';
import { pairOf, type Anchor } from './anchors.js';
import { isRange, ownArgs, sameArg, sameTexts } from './arguments.js';
import { canTakeArgs, frozen, maskIn, withArgs } from './copies.js';
import { stands, type Element } from './elements.js';
import { insertAt } from './beside.js';
import { short } from './leftovers.js';
import { refined } from './refine.js';
import { conditionOf } from './new-conditions.js';
import { argsFor, countOf, stepOf, wrapped } from './new-steps.js';
import { Obstacle, type Scene } from './scene.js';
import { isNamed, locatorOf, PUT_TWICE, toggle } from './slot-edits.js';

/** What the element at `index` means for the model, as edits of its operation; throws {@link Obstacle}. */
export function editsOf(scene: Scene, index: number): readonly Edit[] {
  const element = scene.elements[index];
  if (element.part !== undefined) return refined(scene, index, element.part);
  if (element.sign === ' ') return [];
  if (element.sign === '+') return added(scene, index);
  if (element.kind === 'label')
    throw new Obstacle('not-modelled', element.change.line, `${element.verbs[0]} is renamed or taken away`);
  if (element.kind === 'test') return removedTest(scene, index);
  const anchors = placesOf(scene, index);
  if (element.became !== undefined) return anchors.flatMap((a) => replaced(scene, index, a));
  return anchors.map((a) => removed(scene, index, a));
}

/** The anchor of an element that must have one; several where the operation writes one call of the C in each arm. */
function placesOf(scene: Scene, index: number): readonly Anchor[] {
  const { elements, anchors, at, operation, model } = scene;
  const element = elements[index];
  const written = element.call === undefined ? element.verbs[0] : `${element.call.name}()`;
  if (at[index] < 0 && element.kind === 'let')
    throw new Obstacle(
      'not-modelled',
      element.change.line,
      `"${short(element.change.unit.text)}" is not in the model`,
    );
  if (at[index] < 0) {
    const off = anchors.some((a) => !a.on && a.verbs.some((v) => element.verbs.includes(v)));
    const why = off
      ? `${model.name} has no ${written} here`
      : `the model of ${operation.name} has no ${written}`;
    throw new Obstacle('not-placeable', element.change.line, why);
  }
  const own = anchors[at[index]];
  const only = onlyOne(scene, index);
  if (only !== undefined) return only;
  const others = scene.rivals[index].map((k) => anchors[k]).filter((a) => !interchangeable(anchors, own, a));
  if (others.some((a) => !areTwins(own, a)))
    throw new Obstacle(
      'not-placeable',
      element.change.line,
      `${operation.name} has ${others.length + 1} places where this ${written} could stand`,
    );
  return [own, ...others];
}

/** The whole function has this call once: whatever steps the operation has for it, in several arms, are this one. */
function onlyOne({ elements, anchors, whole }: Scene, index: number): readonly Anchor[] | undefined {
  const [verb] = elements[index].verbs;
  const calls = elements.filter((e) => e.sign !== '+' && e.verbs.includes(verb));
  if (!whole || calls.length !== 1 || elements[index].sign !== '-') return undefined;
  const steps = anchors.filter((a) => a.on && a.verbs.includes(verb));
  return steps.every((a) => a.kind === steps[0].kind) ? steps : undefined;
}

/** Two slots that are off with nothing between them: notifying in either is the same. */
function interchangeable(anchors: readonly Anchor[], a: Anchor, b: Anchor): boolean {
  if (a.kind !== 'slot' || b.kind !== 'slot' || a.block !== b.block || !sameArgs(a, b)) return false;
  const [i, j] = [anchors.indexOf(a), anchors.indexOf(b)];
  return !anchors.slice(Math.min(i, j) + 1, Math.max(i, j)).some((x) => x.seen);
}

/** The same step of the same branch, in another arm. */
function areTwins(a: Anchor, b: Anchor): boolean {
  return a.branch !== '' && a.branch === b.branch && a.block !== b.block && sameArgs(a, b);
}

function sameArgs(a: Anchor, b: Anchor): boolean {
  return a.args.length === b.args.length && a.args.every((x, i) => sameArg(x, b.args[i]));
}

function removed(scene: Scene, index: number, anchor: Anchor): Edit {
  const { operation, model, elements } = scene;
  const { line } = elements[index].change;
  if (anchor.kind === 'test')
    throw new Obstacle('not-modelled', line, 'a condition loses its test, and what depended on it stays');
  const edit =
    anchor.kind === 'slot'
      ? toggle(operation, model, anchor)
      : isNamed(operation, model, anchor)
        ? drop(operation.name, locatorOf(operation, model, anchor.step))
        : undefined;
  if (edit === undefined) throw new Obstacle('not-modelled', line, `the step ${PUT_TWICE}`);
  return edit;
}

/** A call that became another: its notification changed, or its arguments did. */
function replaced(scene: Scene, index: number, anchor: Anchor): readonly Edit[] {
  const { elements, operation, model, anchors } = scene;
  const { became, verbs, call, change } = elements[index];
  const sameText = sameTexts(became!.call, call!);
  if (became!.verb === verbs[0]) return sameText ? [] : rearranged(scene, index, anchor);
  const slot = anchors.find((a) => a.kind === 'slot' && a.expansion === anchor.step);
  if (slot !== undefined && slot.on === (pairOf(became!.verb).loud === became!.verb) && sameText) return [];
  const edit = slot === undefined ? undefined : toggle(operation, model, slot);
  if (!sameText)
    throw new Obstacle(
      'not-modelled',
      change.line,
      `${call!.name}() changes its name and its arguments at once`,
    );
  if (edit !== undefined) return [edit];
  if (!isNamed(operation, model, anchor))
    throw new Obstacle('not-modelled', change.line, `the step ${PUT_TWICE}`);
  const other: Element = { ...elements[index], verbs: [became!.verb], call: became!.call, sign: '+' };
  const at = locatorOf(operation, model, anchor.step);
  const step = stepOf(scene, other);
  return [
    { kind: 'insert', in: operation.name, at: 'after', step: at, steps: [step] },
    drop(operation.name, at),
  ];
}

function rearranged(scene: Scene, index: number, anchor: Anchor): readonly Edit[] {
  const { elements, operation, model } = scene;
  const { became, call, change } = elements[index];
  const { line } = change;
  if (
    anchor.step.kind === 'call' &&
    scene.redeclared.has(call!.name) &&
    oneMore(call!.args, became!.call.args)
  )
    return []; // a parameter that comes or goes: what the function does with it, its own hunk says
  const copy = frozen(anchor.step, maskIn(operation, model));
  if (!canTakeArgs(copy) || !isNamed(operation, model, anchor) || anchor.kind === 'test')
    throw new Obstacle(
      'not-modelled',
      line,
      `the arguments of ${anchor.verbs[0]} cannot be changed by an edit`,
    );
  if (copy.kind === 'call' && ownArgs(elements[index].became!.call, countOf(copy)).length !== countOf(copy))
    throw new Obstacle(
      'not-modelled',
      line,
      `${anchor.verbs[0]}() has arguments here that the C does not show`,
    );
  const args = argsFor(scene, elements[index], copy);
  const old = copy.kind === 'call' ? Object.values(copy.args) : copy.args;
  if (args.every((a, i) => sameArg(a, old[i])))
    throw new Obstacle(
      'not-modelled',
      line,
      `${anchor.verbs[0]} has another argument, which the model does not tell apart`,
    );
  const at = locatorOf(
    operation,
    model,
    anchor.expansion ?? anchor.step,
    anchor.expansion === undefined ? undefined : (anchor.step as Do),
  );
  const beside = locatorOf(operation, model, anchor.expansion ?? anchor.step);
  return [
    { kind: 'insert', in: operation.name, at: 'after', step: beside, steps: [withArgs(copy, args)] },
    drop(operation.name, at),
  ];
}

/** One list is the other with more in it. */
function oneMore(a: readonly string[], b: readonly string[]): boolean {
  const [less, more] = a.length < b.length ? [a, b] : [b, a];
  let at = 0;
  for (const text of more) if (text === less[at]) at++;
  return less.length < more.length && at === less.length;
}

/** A condition may go when nothing is left in it. */
function removedTest(scene: Scene, index: number): readonly Edit[] {
  const { elements, anchors, at } = scene;
  const { line } = elements[index].change;
  const anchor = at[index] < 0 ? undefined : anchors[at[index]];
  if (anchor?.step.kind !== 'when') {
    if (!elements.some((e) => e.sign === '+' && e.hunk === elements[index].hunk)) return [];
    throw new Obstacle(
      'not-modelled',
      line,
      `the condition "${elements[index].change.unit.text}" is taken away`,
    );
  }
  const gone = new Set(elements.flatMap((e, i) => (e.sign === '-' && at[i] >= 0 ? [anchors[at[i]]] : [])));
  const { then, otherwise } = anchor.step;
  const inside = anchors.filter((a) => a.on && (holds(then, a) || holds(otherwise, a)) && a.kind !== 'slot');
  if (inside.some((a) => !gone.has(a) && (a.seen || a.kind === 'goto')))
    throw new Obstacle('not-placeable', line, 'a condition is taken away, and not all that stands in it');
  return [];
}

function holds(steps: readonly Step[], anchor: Anchor): boolean {
  return steps.some((s) => {
    if (s === anchor.step || s === anchor.expansion) return true;
    if (s.kind === 'when') return holds(s.then, anchor) || holds(s.otherwise, anchor);
    if (s.kind === 'each') return holds(s.body, anchor);
    return (s.kind === 'branch' || s.kind === 'inside') && holds(s.steps, anchor);
  });
}

function added(scene: Scene, index: number): readonly Edit[] {
  const { elements, operation, model, anchors, at } = scene;
  const element = elements[index];
  if (element.kind === 'test') return wrap(scene, index);
  if (element.conditional) return []; // its condition brings it along
  if (element.kind === 'label')
    throw new Obstacle('not-modelled', element.change.line, `${element.verbs[0]} is new`);
  if (at[index] >= 0 && suits(scene, element, anchors[at[index]])) {
    const places = placesOf(scene, index);
    const edits = places.map((a) => toggle(operation, model, a));
    if (edits.every((e) => e !== undefined)) return edits;
  }
  return [insertAt(scene, index, [stepOf(scene, element)])];
}

/** The slot is for the range that the call names. */
function suits(scene: Scene, element: Element, slot: Anchor): boolean {
  if (!isRange(slot)) return true;
  const range = argsFor(scene, element, slot.step as Do | Expand);
  return range.every((a, i) => sameArg(a, slot.args[i]));
}

/** A new condition with all that is added in it. */
function wrap(scene: Scene, index: number): readonly Edit[] {
  const { elements } = scene;
  const test = elements[index];
  if (test.conditional) return []; // brought along by the one around it
  return [insertAt(scene, index, wrapped([conditionOf(scene, test)], bodyOf(scene, test)))];
}

function bodyOf(scene: Scene, test: Element): readonly Step[] {
  const own = `${test.change.unit.around} > ${test.change.unit.text}`;
  const inner = scene.elements.filter(
    (e) => e.hunk === test.hunk && e.sign === '+' && stands(e.change, test.change),
  );
  return inner
    .filter((e) => e.change.unit.around === own)
    .flatMap((e) =>
      e.kind === 'test' ? wrapped([conditionOf(scene, e)], bodyOf(scene, e)) : [stepOf(scene, e)],
    );
}
