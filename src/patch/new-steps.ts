import { let_ } from '../kernel/range.js';
import { go_to, when } from '../program/build.js';
import type { Arg, Call, Condition, Do, Expand, Operation, Step, When } from '../program/step.js';
import { isWritten, listsOf, pairOf, verbsOf, type Anchor } from './anchors.js';
import { isRange, ownArgs, sameArg, sameTexts } from './arguments.js';
import { assignmentOf } from './assignments.js';
import { callsIn, type CCall } from './c-units.js';
import type { ConditionPart } from './conditions.js';
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

/** The added condition as the operation knows it: the same test that it has elsewhere. */
export function conditionOf(scene: Scene, element: Element): Condition {
  const { text, tokens } = element.change.unit;
  const same = sameCondition(scene, element);
  if (same !== undefined) return same;
  const around = element.verbs.length === 0 ? conditionAround(scene, text) : undefined;
  if (around !== undefined) return around;
  if (element.verbs.length === 0)
    throw new Obstacle('not-modelled', element.change.line, `"${short(text)}" is not in the model`);
  const simple =
    /^if \( (! )?\w+( \( .* \))? \)$/.test(text) && tokens.every((t) => t.text !== '&&' && t.text !== '||');
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
  const asksNothing = condition.primitive.name === 'is_zero'; // `if (x)` asks for something
  return { ...condition, negated: text.startsWith('if ( ! ') !== asksNothing };
}

/** The C has the same condition elsewhere, and the operation the step for it. */
function sameCondition({ elements, anchors, at }: Scene, element: Element): Condition | undefined {
  const { text } = element.change.unit;
  const steps = elements.flatMap((e, i) =>
    e.kind === 'test' &&
    e.sign !== '+' &&
    e.change.turned === undefined &&
    e.change.unit.text === text &&
    at[i] >= 0
      ? [anchors[at[i]].step]
      : [],
  );
  const [found] = steps;
  return found?.kind === 'when' && !/&&|\|\|/.test(text) ? found.condition : undefined;
}

/** A part of a condition, as this operation or another asks it. */
export function partCondition(scene: Scene, element: Element, { text, tokens }: ConditionPart): Condition {
  const unknown = new Obstacle(
    'not-modelled',
    element.change.line,
    `${scene.operation.name} does not know the condition "${short(text)}"`,
  );
  if (element.verbs.length !== 1 || !/^(! )?\w+( \( .* \))?$/.test(text)) throw unknown;
  const [verb] = element.verbs;
  const known = scene.anchors.find((a) => a.step.kind === 'when' && a.verbs.includes(verb));
  const found = known?.step.kind === 'when' ? known.step : firstTest(scene.operations, verb);
  if (found === undefined) throw unknown;
  const { condition } = found;
  const [call] = callsIn(tokens);
  const args = known === undefined && call !== undefined ? testArgs(scene, call, condition) : condition.args;
  if (args === undefined) throw unknown;
  const asksNothing = condition.primitive.name === 'is_zero';
  return { ...condition, args, negated: text.startsWith('! ') !== asksNothing };
}

function testArgs(scene: Scene, call: CCall, { args }: Condition): readonly Arg[] | undefined {
  const { takes, gives, locals } = scene.operation;
  const own = new Map([...takes, ...gives, ...locals].map((r) => [r.name, r]));
  const texts = ownArgs(call, args.length);
  const values = args.map((arg, i) => {
    const value = texts[i] === undefined ? undefined : scene.args.valueOf(texts[i]);
    return value ?? (arg.kind === 'register' ? own.get(arg.name) : undefined);
  });
  return values.every((v) => v !== undefined) ? values : undefined;
}

function firstTest(operations: readonly Operation[], verb: string): When | undefined {
  const within = (steps: readonly Step[]): When | undefined => {
    for (const step of steps) {
      if (step.kind === 'when' && verbsOf(step).join() === verb) return step;
      const inner = listsOf(step).flatMap((list) => within(list) ?? []);
      if (inner.length > 0) return inner[0];
    }
    return undefined;
  };
  return operations.flatMap((o) => within(o.steps) ?? [])[0];
}

/** The condition of the operation in which calls stand that the C has under a test of this text. */
function conditionAround(scene: Scene, text: string): Condition | undefined {
  const under = scene.elements.flatMap((e, i) =>
    e.sign !== '+' && scene.at[i] >= 0 && e.change.unit.around.endsWith(` > ${text}`)
      ? [scene.anchors[scene.at[i]]]
      : [],
  );
  const found = scene.anchors.find(
    ({ step }) =>
      step.kind === 'when' &&
      under.length > 0 &&
      under.every((a) => step.then.some((s) => s === (a.expansion ?? a.step))),
  );
  return found?.step.kind === 'when' ? found.step.condition : undefined;
}

/** The added conditions with what stands in them. */
export function wrapped(tests: readonly Condition[], steps: readonly Step[]): readonly Step[] {
  return tests.reduceRight<readonly Step[]>((inner, condition) => [when(condition, inner)], steps);
}
