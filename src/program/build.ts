import type { Primitive } from './primitive.js';
import type {
  Arg,
  Branch,
  Call,
  Condition,
  Constant,
  Do,
  Each,
  Expand,
  GoTo,
  Inside,
  Label,
  Part,
  Step,
  When,
  Operation,
} from './step.js';

/** The control verbs that operations are written with. */

export function constant(name: string, value: number): Constant {
  return { kind: 'constant', name, value };
}

/** A plain number as an argument. */
export function number(value: number): Constant {
  return { kind: 'constant', name: String(value), value };
}

/** Flags joined as the C joins them. */
export function flags(...parts: readonly Constant[]): Constant {
  return {
    kind: 'constant',
    name: parts.map((p) => p.name).join('|'),
    value: parts.reduce((sum, p) => sum | p.value, 0),
  };
}

export function when(condition: Condition, then: readonly Step[], otherwise: readonly Step[] = []): When {
  return { kind: 'when', condition, then, otherwise };
}

export function each(condition: Condition, body: readonly Step[]): Each {
  return { kind: 'each', condition, body };
}

export function not(condition: Condition): Condition {
  return { ...condition, negated: !condition.negated };
}

export function label(name: string): Label {
  return { kind: 'label', name };
}

export function go_to(name: string): GoTo {
  return { kind: 'goto', label: name };
}

export function branch(name: string, steps: readonly Step[]): Branch {
  return { kind: 'branch', name, steps };
}

export function inside(cFunction: string, steps: readonly Step[], file?: string): Inside {
  return file === undefined
    ? { kind: 'inside', cFunction, steps }
    : { kind: 'inside', cFunction, file, steps };
}

export function call(operation: Operation, args: Readonly<Record<string, Arg>> = {}): Call {
  return { kind: 'call', operation, args };
}

export function does(primitive: Primitive, args: readonly Arg[]): Do {
  return { kind: 'do', primitive, args };
}

/** A verb that visibly expands: each part is a step with a name of its own. */
export function expand(name: string, args: readonly Arg[], parts: Readonly<Record<string, Part>>): Expand {
  return {
    kind: 'expand',
    name,
    args,
    parts: Object.entries(parts).map(([part, step]) => ({ ...step, part })),
  };
}

/** Makes a notification step a slot that models place or leave out. */
export function slot(name: string, step: Do): Do {
  return { ...step, slot: name };
}

/** A slot that the kernel read from does not use. */
export function mutedSlot(name: string, step: Do): Do {
  return { ...step, slot: name, muted: true };
}
