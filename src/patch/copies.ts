import type { Model } from '../program/model.js';
import type { Arg, Call, Do, Expand, Operation, Part, Step } from '../program/step.js';
import { unionOf, type Mask } from '../program/union.js';
import { sameArg } from './arguments.js';

/**
 * The step as the model runs it, to be put elsewhere: slots that notify become plain steps, the others are left out, so
 * that no edit of a site reaches the copy.
 */
export function frozen(step: Step, maskOf: (step: Step) => Mask): Step {
  switch (step.kind) {
    case 'do':
      return plain(step);
    case 'expand': {
      const parts = step.parts.filter((p) => maskOf(p) !== 0);
      return { ...step, parts: parts.map((p) => (p.kind === 'do' ? plain(p) : p)) };
    }
    case 'when':
      return { ...step, then: all(step.then, maskOf), otherwise: all(step.otherwise, maskOf) };
    case 'each':
      return { ...step, body: all(step.body, maskOf) };
    case 'branch':
    case 'inside':
      return { ...step, steps: all(step.steps, maskOf) };
    default:
      return step;
  }
}

/** Which steps of the operation the model has: 0 for those that it lacks. */
export function maskIn(operation: Operation, model: Model): (step: Step) => Mask {
  const union = unionOf(operation, [model]);
  return (step) => union.mask(step);
}

function all(steps: readonly Step[], maskOf: (step: Step) => Mask): readonly Step[] {
  return steps.filter((s) => maskOf(s) !== 0).map((s) => frozen(s, maskOf));
}

function plain(step: Do): Do {
  const { kind, primitive, args, part } = step;
  return part === undefined ? { kind, primitive, args } : { kind, primitive, args, part };
}

/** The same verb with other arguments: where the old ones stand in its parts, the new ones do. */
export function withArgs(step: Do | Expand | Call, args: readonly Arg[]): Do | Expand | Call {
  if (step.kind === 'do') return { ...step, args };
  if (step.kind === 'call') {
    const names = Object.keys(step.args);
    return { ...step, args: Object.fromEntries(names.map((name, i) => [name, args[i]])) };
  }
  const put = (arg: Arg): Arg => {
    const i = step.args.findIndex((a) => sameArg(a, arg));
    if (i >= 0) return args[i];
    return arg.kind === 'computed' ? { ...arg, args: arg.args.map(put) } : arg;
  };
  const inPart = (part: Part): Part =>
    part.kind === 'do'
      ? { ...part, args: part.args.map(put) }
      : { ...part, args: Object.fromEntries(Object.entries(part.args).map(([name, a]) => [name, put(a)])) };
  return { ...step, args, parts: step.parts.map(inPart) };
}

/** Parts take nothing but the verb's own arguments, and no two of those are alike: they can be told apart. */
export function canTakeArgs(step: Step): step is Do | Expand | Call {
  if (step.kind === 'do' || step.kind === 'call') return true;
  if (step.kind !== 'expand') return false;
  return step.args.every((a, i) => step.args.every((b, k) => i === k || !sameArg(a, b)));
}
