import type { Prng } from '../../src/base/prng.js';
import { frozen, maskIn } from '../../src/patch/copies.js';
import { locatorOf } from '../../src/patch/slot-edits.js';
import { placed, putIn, type Placed } from '../../src/program/locate.js';
import { drop, insert, mute, type Edit, type Model } from '../../src/program/model.js';
import type { Operation } from '../../src/program/step.js';

/** One random change of an operation as the model has it: a slot muted, a step dropped, moved or done twice. */
export function randomEdits(
  prng: Prng,
  operations: readonly Operation[],
  model: Model,
): { readonly operation: Operation; readonly edits: readonly Edit[] } {
  const operation = prng.pick(operations);
  const maskOf = maskIn(operation, model);
  const put = putIn(operation, model.edits);
  const once = put.filter((p) => put.filter((q) => q.step === p.step).length === 1);
  const steps = [...placed(operation), ...once].filter((p) => maskOf(p.step) !== 0);
  const verbs = steps.filter((p) => p.expansion === undefined && isVerb(p));
  const slots = steps.filter(
    (p) => p.step.kind === 'do' && p.step.slot !== undefined && p.step.slot !== 'in-flush',
  );
  if (slots.length > 0 && prng.chance(0.4)) return { operation, edits: [muted(operation, prng.pick(slots))] };
  if (verbs.length < 2) return { operation, edits: [] };
  const verb = prng.pick(verbs);
  const gone = [drop(operation.name, locatorOf(operation, model, verb.step))];
  if (prng.chance(0.4)) return { operation, edits: gone };
  const target = prng.pick(verbs.filter((p) => p !== verb));
  const side = prng.chance(0.5) ? 'before' : 'after';
  const copy = insert(operation.name, side, locatorOf(operation, model, target.step), [
    frozen(verb.step, maskOf),
  ]);
  return { operation, edits: prng.chance(0.5) ? [copy] : [copy, ...gone] };
}

function isVerb({ step }: Placed): boolean {
  return step.kind === 'expand' || (step.kind === 'do' && step.primitive.visible && step.slot === undefined);
}

function muted(operation: Operation, { step, branch }: Placed): Edit {
  const site = branch === '' ? operation.name : `${operation.name}/${branch}`;
  return mute(site, step.kind === 'do' ? (step.slot ?? '') : '');
}
