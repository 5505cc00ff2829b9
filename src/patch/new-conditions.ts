import type { Arg, Condition, Operation, Step, When } from '../program/step.js';
import { listsOf, verbsOf, type Anchor } from './anchors.js';
import { ownArgs } from './arguments.js';
import { callsIn, type CCall } from './c-units.js';
import type { ConditionPart } from './conditions.js';
import type { Element } from './elements.js';
import { short } from './leftovers.js';
import { Obstacle, type Scene } from './scene.js';

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
  const words = simple && known === undefined && element.verbs.length === 1 ? elsewhere(scene, element) : '';
  if (typeof words !== 'string') return words;
  if (words !== '' || !simple || known === undefined || element.verbs.length !== 1) {
    const why = words === '' ? `${scene.operation.name} does not know the condition "${short(text)}"` : words;
    throw new Obstacle('not-modelled', element.change.line, why);
  }
  const { condition } = known.step;
  const asksNothing = condition.primitive.name === 'is_zero'; // `if (x)` asks for something
  return { ...condition, negated: text.startsWith('if ( ! ') !== asksNothing };
}

/** The test of a word that other operations ask, of what this one has; or why it cannot be asked here. */
function elsewhere(scene: Scene, element: Element): Condition | string {
  const { text, tokens } = element.change.unit;
  const found = firstTest(scene.operations, element.verbs[0]);
  const [call] = callsIn(tokens.slice(2, -1));
  if (found === undefined || call === undefined) return '';
  const { condition } = found;
  const texts = ownArgs(call, condition.args.length);
  const values = texts.map((t) => scene.args.valueOf(t));
  const lacking = texts.find((_, i) => values[i] === undefined);
  const { name } = scene.operation;
  if (lacking !== undefined)
    return `${call.name}() is asked of "${short(lacking)}", which the model of ${name} does not keep`;
  if (values.length !== condition.args.length) return '';
  return { ...condition, args: values as readonly Arg[], negated: text.startsWith('if ( ! ') };
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
