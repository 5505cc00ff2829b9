import { let_ } from '../kernel/range.js';
import { go_to, when } from '../program/build.js';
import type { Arg, Call, Condition, Do, Expand, Step } from '../program/step.js';
import { isWritten, listsOf, pairOf, verbsOf } from './anchors.js';
import { isRange, ownArgs, sameArg, sameTexts } from './arguments.js';
import { assignmentOf } from './assignments.js';
import { canTakeArgs, frozen, maskIn, withArgs } from './copies.js';
import type { Element } from './elements.js';
import { short } from './leftovers.js';
import { Obstacle, type Scene } from './scene.js';

/** The step that an added element stands for. */
export function stepOf(scene: Scene, element: Element): Step {
  if (element.kind === 'goto') return jumpOf(scene, element);
  const verb = element.verbs[0];
  if (element.kind === 'let') return setOf(scene, element);
  const moved = scene.elements.findIndex(
    (e, i) =>
      e.sign === '-' &&
      e.became === undefined &&
      scene.at[i] >= 0 &&
      e.verbs[0] === verb &&
      sameCall(e, element),
  );
  const mask = maskIn(scene.operation, scene.model);
  if (moved >= 0) {
    const copy = frozen(scene.anchors[scene.at[moved]].step, mask);
    if (copy.kind !== 'expand' || copy.parts.length > 0) return copy;
    throw new Obstacle(
      'not-modelled',
      element.change.line,
      `${scene.model.name} has other steps for ${verb}()`,
    );
  }
  const donor = donorOf(scene, element);
  if (donor === undefined)
    throw new Obstacle(
      'not-modelled',
      element.change.line,
      `no operation calls ${element.call?.name ?? verb}`,
    );
  return withArgs(donor, argsFor(scene, element, donor));
}

/** A variable of the operation is set. */
function setOf(scene: Scene, element: Element): Step {
  const { name, args } = element.call!;
  const to = scene.args.valueOf(name);
  const value = scene.args.valueOf(args[0]);
  if (to?.kind !== 'register' || value === undefined)
    throw new Obstacle(
      'not-modelled',
      element.change.line,
      `"${short(element.change.unit.text)}" is not in the model`,
    );
  return let_(to, value);
}

function sameCall(a: Element, b: Element): boolean {
  return a.call !== undefined && b.call !== undefined && sameTexts(a.call, b.call);
}

function jumpOf(scene: Scene, element: Element): Step {
  const name = element.verbs[0].slice('goto '.length);
  if (!scene.anchors.some((a) => a.kind === 'label' && a.on && a.verbs.includes(`label ${name}`)))
    throw new Obstacle('not-modelled', element.change.line, `${scene.operation.name} has no label ${name}`);
  return go_to(name);
}

/** A step of that verb, from the operation itself or else from any other, that can take other arguments. */
function donorOf(scene: Scene, element: Element): Do | Expand | Call | undefined {
  const [verb] = element.verbs;
  const { loud } = pairOf(verb);
  const own = scene.anchors.filter((a) => a.on && a.verbs.includes(verb));
  const copies = own.map((a) => frozen(a.step, maskIn(scene.operation, scene.model))).filter(canTakeArgs);
  const alike = copies.find((c) => countOf(c) === ownArgs(element.call!, countOf(c)).length);
  if (copies.length > 0) return alike ?? copies[0];
  for (const name of new Set([verb, loud]))
    for (const operation of [scene.operation, ...scene.operations]) {
      const found = firstCall(operation.steps, name);
      const maskOf = maskIn(operation, scene.model);
      if (found === undefined || !canTakeArgs(found) || !isWhole(found, maskOf)) continue;
      if (name === verb || saysWhetherItNotifies(found)) return stateOf(found, verb, maskOf);
    }
  return undefined;
}

/** The louder verb is the quiet one with a slot; one that calls something more besides is another verb. */
function saysWhetherItNotifies(step: Do | Expand | Call): boolean {
  return step.kind === 'expand' && step.parts.some(isWritten(step));
}

/** The model runs all of the verb but slots: none of its parts was replaced by another change. */
function isWhole(step: Do | Expand | Call, maskOf: (step: Step) => number): boolean {
  if (step.kind !== 'expand') return true;
  return step.parts.every((p) => (p.kind === 'do' && p.slot !== undefined) || maskOf(p) !== 0);
}

/** How many arguments the step has. */
export function countOf(step: Do | Expand | Call): number {
  return step.kind === 'call' ? Object.keys(step.args).length : step.args.length;
}

/** The verb as it is named: a slot notifies if the name says so; others as they do where the verb was found. */
function stateOf(step: Do | Expand | Call, verb: string, maskOf: (step: Step) => number): Do | Expand | Call {
  const isLoud = pairOf(verb).loud === verb;
  const named = step.kind === 'expand' ? step.parts.filter(isWritten(step)) : [];
  const isNamed = (s: Step): boolean => named.some((slot) => slot === s);
  const copy = frozen(step, (s) => (isNamed(s) ? Number(isLoud) : maskOf(s)));
  return copy.kind === 'expand' ? { ...copy, name: verb } : (copy as Do | Call);
}

function firstCall(steps: readonly Step[], verb: string): Step | undefined {
  for (const step of steps) {
    if (['do', 'expand', 'call'].includes(step.kind) && verbsOf(step).includes(verb)) return step;
    const inner = listsOf(step).flatMap((list) => firstCall(list, verb) ?? []);
    if (inner.length > 0) return inner[0];
  }
  return undefined;
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
    if (donor.kind === 'call' && texts.length !== old.length)
      throw new Obstacle(
        'not-modelled',
        element.change.line,
        `${call.name}() takes other arguments here than in the C`,
      );
    const out = writtenBy(donor);
    const whole = old.map((_, i) => {
      const text = texts[i];
      const value = text === undefined ? undefined : scene.args.valueOf(text.replace(/^& /, ''));
      if (!out[i]) return value ?? (text === undefined ? spare(scene, donor, i) : undefined);
      return value?.kind === 'register' ? value : (resultIn(scene, element) ?? spare(scene, donor, i));
    });
    if (whole.every((v) => v !== undefined)) return whole;
  }
  throw new Obstacle(
    'not-modelled',
    element.change.line,
    `the arguments of ${call.name}(${call.args.join(', ')}) are not known in ${scene.operation.name}`,
  );
}

/** Which arguments the step writes. */
function writtenBy(donor: Do | Expand | Call): readonly boolean[] {
  if (donor.kind === 'do') return donor.args.map((_, i) => donor.primitive.params[i]?.mode === 'out');
  if (donor.kind === 'call') return Object.keys(donor.args).map(() => false);
  return donor.args.map((arg) =>
    donor.parts.some(
      (p) =>
        p.kind === 'do' && p.args.some((a, i) => sameArg(a, arg) && p.primitive.params[i]?.mode === 'out'),
    ),
  );
}

/** The variable that the C assigns the result to. */
function resultIn(scene: Scene, { change }: Element): Arg | undefined {
  const name = assignmentOf(change.unit)?.name;
  const value = name === undefined ? undefined : scene.args.valueOf(name);
  return value?.kind === 'register' ? value : undefined;
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
  if (arg?.kind === 'constant') return arg; // a flag that is in the verb's name
  if (arg?.kind !== 'register') return undefined;
  const { takes, gives, locals } = scene.operation;
  return [...takes, ...gives, ...locals].find((r) => r.name === arg.name);
}

/** The added conditions with what stands in them. */
export function wrapped(tests: readonly Condition[], steps: readonly Step[]): readonly Step[] {
  return tests.reduceRight<readonly Step[]>((inner, condition) => [when(condition, inner)], steps);
}
