import type { Arg, Condition, Computed, Do } from '../program/step.js';
import { does } from '../program/build.js';
import { params, type Effect, type LockUse, type Primitive } from '../program/primitive.js';
import type { Machine } from './machine.js';

/** What a primitive does: see {@link Primitive.run}. */
export type Run = (m: Machine, t: number, a: number, b: number, c: number, d: number) => number;

export interface Traits {
  /** Touches thread-private state alone. */
  readonly private?: boolean;
  /** May sleep: wrong under a spinlock. */
  readonly sleeps?: boolean;
  readonly effect?: Effect;
  /** See {@link Primitive.aside}. */
  readonly aside?: boolean;
  /** See {@link Primitive.lock}. */
  readonly lock?: LockUse;
}

/** A verb of the step language, with its primitive at hand. */
export type Verb<R> = ((...args: readonly Arg[]) => R) & { readonly primitive: Primitive };

function make(
  name: string,
  spec: readonly string[],
  shape: Primitive['shape'],
  run: Run,
  traits: Traits,
): Primitive {
  return {
    name,
    params: params(spec),
    shape,
    visible: traits.private !== true && shape !== 'value',
    sleeps: traits.sleeps ?? false,
    ...(traits.effect === undefined ? {} : { effect: traits.effect }),
    ...(traits.lock === undefined ? {} : { lock: traits.lock }),
    ...(traits.aside === true ? { aside: true } : {}),
    run: run,
  };
}

function verbOf<R>(primitive: Primitive, build: (args: readonly Arg[]) => R): Verb<R> {
  return Object.assign((...args: readonly Arg[]) => build(args), { primitive });
}

/** A step: `set_pte_at(addr, pte, entry)`. */
export function verb(name: string, spec: readonly string[], run: Run, traits: Traits = {}): Verb<Do> {
  const primitive = make(name, spec, 'step', run, traits);
  return verbOf(primitive, (args) => does(primitive, args));
}

/** A test that `when` branches on. */
export function test(name: string, spec: readonly string[], run: Run, traits: Traits = {}): Verb<Condition> {
  const primitive = make(name, spec, 'test', run, traits);
  return verbOf(primitive, (args) => ({ primitive, args, negated: false }));
}

/** A pure value of at most three others. */
export function value(name: string, spec: readonly string[], run: Run): Verb<Computed> {
  const primitive = make(name, spec, 'value', run, {});
  return verbOf(primitive, (args) => ({ kind: 'computed', primitive, args }));
}
