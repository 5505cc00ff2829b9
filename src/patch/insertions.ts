import { go_to, when } from '../program/build.js';
import { insert, type Edit, type Model } from '../program/model.js';
import type { Arg, Condition, Do, Expand, Call, Operation, Step, When } from '../program/step.js';
import { pairOf, type Anchor } from './anchors.js';
import { isRange, ownArgs, type Arguments } from './arguments.js';
import { canTakeArgs, frozen, maskIn, withArgs } from './copies.js';
import { stands, type Element } from './elements.js';
import { locatorOf } from './slot-edits.js';

/** What cannot be said as an edit, and at which line of the patch. */
export class Obstacle extends Error {
  constructor(
    readonly verdict: 'not-modelled' | 'not-placeable',
    readonly line: number,
    readonly why: string,
  ) {
    super(why);
  }
}

/** The function that is edited, as the patch and the model have it. */
export interface Scene {
  readonly operation: Operation;
  readonly operations: readonly Operation[];
  readonly model: Model;
  readonly anchors: readonly Anchor[];
  readonly elements: readonly Element[];
  /** Anchor of each element, -1 without one. */
  readonly at: readonly number[];
  readonly args: Arguments;
}

/** The edit that puts the steps where element `index` stands, beside the nearest step that the hunk shows. */
export function insertAt(scene: Scene, index: number, steps: readonly Step[]): Edit {
  const { operation, elements } = scene;
  const beside = neighbour(scene, index);
  if (beside === undefined)
    throw new Obstacle(
      'not-placeable',
      elements[index].change.line,
      `no step of ${operation.name} that the hunk shows stands in the same block`,
    );
  return insert(operation.name, beside.side, locatorOf(operation, beside.step), steps);
}

interface Beside {
  readonly side: 'before' | 'after';
  readonly step: Step;
}

function neighbour(scene: Scene, index: number): Beside | undefined {
  const { elements, anchors, at } = scene;
  const self = elements[index];
  const block = outermost(scene, index);
  const ok = (i: number): boolean =>
    elements[i].hunk === self.hunk && elements[i].sign !== '+' && at[i] >= 0 && anchors[at[i]].own;
  for (let i = index - 1; i >= 0 && elements[i].hunk === self.hunk; i--) {
    if (ok(i) && elements[i].block === block && standsAlone(anchors[at[i]]))
      return { side: 'after', step: verbAt(anchors[at[i]]) };
    const opened = elements[i].kind === 'test' && ok(i) ? firstIn(scene, i, block) : undefined;
    if (opened !== undefined) return { side: 'before', step: opened };
  }
  for (let i = index + 1; i < elements.length && elements[i].hunk === self.hunk; i++)
    if (ok(i) && elements[i].block === block) return { side: 'before', step: verbAt(anchors[at[i]]) };
  return undefined;
}

/** Nothing can be put behind a jump. */
function standsAlone(anchor: Anchor): boolean {
  return anchor.kind !== 'goto';
}

function verbAt(anchor: Anchor): Step {
  return anchor.expansion ?? anchor.step;
}

/** The block around the conditions that the patch adds around the element. */
function outermost(scene: Scene, index: number): string {
  const { elements } = scene;
  const self = elements[index];
  const added = elements.find(
    (e) => e.hunk === self.hunk && e.sign === '+' && e.kind === 'test' && stands(self.change, e.change),
  );
  return added === undefined ? self.block : added.block;
}

/** The first step of a condition's body, if the body is the block that is asked for. */
function firstIn(scene: Scene, index: number, block: string): Step | undefined {
  const { elements, anchors, at } = scene;
  const test = elements[index];
  const inner = elements.find((e, i) => i > index && e.block === block && e.hunk === test.hunk);
  if (
    inner === undefined ||
    inner.change.unit.around !== `${test.change.unit.around} > ${test.change.unit.text}`
  )
    return undefined;
  const { step } = anchors[at[index]];
  const list = step.kind === 'when' ? step.then : step.kind === 'each' ? step.body : [];
  return firstOwn(list);
}

function firstOwn(list: readonly Step[]): Step | undefined {
  const [first] = list;
  return first?.kind === 'branch' || first?.kind === 'inside' ? firstOwn(first.steps) : first;
}

/** The step that an added element stands for. */
export function stepOf(scene: Scene, element: Element): Step {
  if (element.kind === 'goto') return jumpOf(scene, element);
  const verb = element.verbs[0];
  const moved = scene.elements.findIndex(
    (e, i) =>
      e.sign === '-' &&
      e.became === undefined &&
      scene.at[i] >= 0 &&
      e.verbs[0] === verb &&
      sameCall(e, element),
  );
  const mask = maskIn(scene.operation, scene.model);
  if (moved >= 0) return frozen(verbAt(scene.anchors[scene.at[moved]]), mask);
  const donor = donorOf(scene, verb);
  if (donor === undefined)
    throw new Obstacle(
      'not-modelled',
      element.change.line,
      `no operation calls ${element.call?.name ?? verb}`,
    );
  return withArgs(donor, argsFor(scene, element, donor));
}

function sameCall(a: Element, b: Element): boolean {
  return a.call !== undefined && b.call !== undefined && a.call.args.join() === b.call.args.join();
}

function jumpOf(scene: Scene, element: Element): Step {
  const name = element.verbs[0].slice('goto '.length);
  if (!scene.anchors.some((a) => a.kind === 'label' && a.on && a.verbs.includes(`label ${name}`)))
    throw new Obstacle('not-modelled', element.change.line, `${scene.operation.name} has no label ${name}`);
  return go_to(name);
}

/** A step of that verb, from the operation itself or else from any other, that can take other arguments. */
function donorOf(scene: Scene, verb: string): Do | Expand | Call | undefined {
  const { loud } = pairOf(verb);
  const own = scene.anchors.filter((a) => a.on && a.verbs.includes(verb));
  for (const a of own) {
    const copy = frozen(verbAt(a), maskIn(scene.operation, scene.model));
    if (canTakeArgs(copy)) return copy;
  }
  for (const operation of scene.operations) {
    const found = firstCall(operation.steps, verb) ?? firstCall(operation.steps, loud);
    if (found !== undefined && canTakeArgs(found)) return stateOf(found, verb);
  }
  return undefined;
}

/** The verb as it is named: its slot notifies if the name says so. */
function stateOf(step: Do | Expand | Call, verb: string): Do | Expand | Call {
  const isLoud = pairOf(verb).loud === verb;
  const copy = frozen(step, (s) => (s.kind === 'do' && s.slot !== undefined && !isLoud ? 0 : 1));
  return copy.kind === 'expand' ? { ...copy, name: verb } : (copy as Do | Call);
}

function firstCall(steps: readonly Step[], verb: string): Step | undefined {
  for (const step of steps) {
    if (step.kind === 'do' && step.primitive.name === verb) return step;
    if (step.kind === 'expand' && step.name === verb) return step;
    if (step.kind === 'call' && step.operation.name === verb) return step;
    const inner = listsOf(step).flatMap((list) => firstCall(list, verb) ?? []);
    if (inner.length > 0) return inner[0];
  }
  return undefined;
}

function listsOf(step: Step): readonly (readonly Step[])[] {
  if (step.kind === 'when') return [step.then, step.otherwise];
  if (step.kind === 'each') return [step.body];
  return step.kind === 'branch' || step.kind === 'inside' ? [step.steps] : [];
}

/** The arguments of the added call as values of the operation. */
export function argsFor(scene: Scene, element: Element, donor: Do | Expand | Call): readonly Arg[] {
  const old = donor.kind === 'call' ? Object.values(donor.args) : donor.args;
  const call = element.became?.call ?? element.call!;
  const alike = { args: old, verbs: [...element.verbs] };
  if (isRange(alike)) {
    const range = scene.args.rangeOf(call) ?? bracketOf(scene, call.args);
    if (range !== undefined) return range;
  } else {
    const texts = ownArgs(call, old.length);
    const values = old.map((_, i) => (texts[i] === undefined ? undefined : scene.args.valueOf(texts[i])));
    const whole = values.map((v, i) => v ?? spare(scene, donor, i));
    if (whole.every((v) => v !== undefined)) return whole;
  }
  throw new Obstacle(
    'not-modelled',
    element.change.line,
    `the arguments of ${call.name}(${call.args.join(', ')}) are not known in ${scene.operation.name}`,
  );
}

/** `&range`: the one bracket that the operation opens. */
function bracketOf(scene: Scene, args: readonly string[]): readonly Arg[] | undefined {
  if (args.length > 1 || !/range/.test(args[0] ?? '')) return undefined;
  const starts = scene.anchors.filter((a) => a.verbs.includes('mmu_notifier_invalidate_range_start'));
  const names = new Set(starts.map((a) => JSON.stringify(a.args)));
  return names.size === 1 ? starts[0].args : undefined;
}

/** Where the C returns a value that nobody named, the donor's own register does if it is one of this operation. */
function spare(scene: Scene, donor: Do | Expand | Call, i: number): Arg | undefined {
  const arg = donor.kind === 'call' ? undefined : donor.args[i];
  if (arg?.kind !== 'register') return undefined;
  const { takes, gives, locals } = scene.operation;
  return [...takes, ...gives, ...locals].find((r) => r.name === arg.name);
}

/** The added condition as the operation knows it: the same test that it has elsewhere. */
export function conditionOf(scene: Scene, element: Element): Condition {
  const { text, tokens } = element.change.unit;
  const simple =
    /^if \( (! )?(\w+) \( .* \) \)$/.test(text) && tokens.every((t) => t.text !== '&&' && t.text !== '||');
  const known = scene.anchors.find(
    (a): a is Anchor & { readonly step: When } =>
      a.step.kind === 'when' && a.verbs.includes(element.verbs[0]),
  );
  if (!simple || known === undefined || element.verbs.length !== 1)
    throw new Obstacle(
      'not-modelled',
      element.change.line,
      `${scene.operation.name} does not know the condition "${text}"`,
    );
  const { condition } = known.step;
  return { ...condition, negated: text.startsWith('if ( ! ') };
}

/** The added conditions with what stands in them. */
export function wrapped(tests: readonly Condition[], steps: readonly Step[]): readonly Step[] {
  return tests.reduceRight<readonly Step[]>((inner, condition) => [when(condition, inner)], steps);
}
