import { calleeOf } from '../program/locate.js';
import type { Model } from '../program/model.js';
import type { Arg, Do, Expand, Operation, Part, Step } from '../program/step.js';
import { unionOf, type Union } from '../program/union.js';

/**
 * A step as a hunk could show it. `verbs` are the names that the C writes it with in this model; of a slot that does
 * not notify, the name of what would stand there. `block`: steps in one list of the C, whatever branches name it.
 */
export interface Anchor {
  readonly kind: 'step' | 'slot' | 'test' | 'label' | 'goto';
  readonly verbs: readonly string[];
  readonly on: boolean;
  readonly step: Step;
  /** The verb that a slot is a part of. */
  readonly expansion?: Expand;
  readonly branch: string;
  readonly block: number;
  /** False for what an edit of the model put in: no locator names it. */
  readonly own: boolean;
  /** A C reader would see it: a call, and one that this model has. */
  readonly seen: boolean;
  readonly args: readonly Arg[];
  /** Names that its arguments are made with: `make_migration_entry`. */
  readonly hints: readonly string[];
}

/** Our own words, which no C writes. */
const OURS =
  /^(let|has|equal|is_zero|less|choose|plus|minus|or|min|max|covers_pmd|for_each_page|for_each_pmd|promise_\w+)$/;

/** The slot in CPU flush helpers that no C function shows. */
const HIDDEN = 'in-flush';

/** The steps of the model's operation whose C stands in `cFunction`, in the order of the text. */
export function anchorsOf(operation: Operation, model: Model, cFunction: string): readonly Anchor[] {
  const reader = new AnchorReader(unionOf(operation, [model]), model.era === '6.6-', cFunction);
  reader.list(operation.steps, { branch: '', block: 0, own: true, on: true, inside: operation.name });
  return reader.out;
}

/** C functions that the operation holds: its own, and those that it lays out in place. */
export function functionsOf(operation: Operation): readonly string[] {
  const out = new Set([operation.name]);
  const visit = (steps: readonly Step[]): void => {
    for (const step of steps) {
      if (step.kind === 'inside') out.add(step.cFunction);
      for (const list of listsOf(step)) visit(list);
    }
  };
  visit(operation.steps);
  return [...out];
}

export function listsOf(step: Step): readonly (readonly Step[])[] {
  switch (step.kind) {
    case 'when':
      return [step.then, step.otherwise];
    case 'each':
      return [step.body];
    case 'branch':
    case 'inside':
      return [step.steps];
    default:
      return [];
  }
}

interface Where {
  readonly branch: string;
  readonly block: number;
  readonly own: boolean;
  readonly on: boolean;
  readonly inside: string;
}

class AnchorReader {
  readonly out: Anchor[] = [];
  private blocks = 0;

  constructor(
    private readonly union: Union,
    private readonly endsNeverFlush: boolean,
    private readonly cFunction: string,
  ) {}

  list(steps: readonly Step[], where: Where): void {
    for (const step of steps) {
      for (const x of this.union.before(step)) this.list([x.step], { ...where, own: false });
      this.step(step, where);
      for (const x of this.union.after(step)) this.list([x.step], { ...where, own: false });
    }
  }

  private step(step: Step, where: Where): void {
    const on = where.on && this.union.mask(step) !== 0;
    const inner = (): Where => ({ ...where, on, block: ++this.blocks });
    switch (step.kind) {
      case 'branch':
        this.list(step.steps, {
          ...where,
          on,
          branch: where.branch === '' ? step.name : `${where.branch}/${step.name}`,
        });
        return;
      case 'inside':
        this.list(step.steps, { ...where, on, inside: step.cFunction });
        return;
      case 'when':
        this.add(step, where, on);
        this.list(step.then, inner());
        this.list(step.otherwise, inner());
        return;
      case 'each':
        this.add(step, where, on);
        this.list(step.body, inner());
        return;
      case 'expand':
        this.add(step, where, on);
        for (const part of step.parts.filter(isWritten(step)))
          this.add(part, where, on && this.union.mask(part) !== 0, step);
        return;
      default:
        this.add(step, where, on);
    }
  }

  private add(step: Step, where: Where, on: boolean, expansion?: Expand): void {
    if (where.inside !== this.cFunction) return;
    this.out.push({
      kind: kindOf(step),
      verbs: expansion === undefined ? this.verbs(step) : isCalled(expansion, on) ? [calleeOf(step)] : [],
      on,
      step,
      ...(expansion === undefined ? {} : { expansion }),
      branch: where.branch,
      block: where.block,
      own: where.own,
      seen: on && expansion === undefined && isSeen(step),
      args: argsOf(step),
      hints: valuesIn(argsOf(step)),
    });
  }

  private verbs(step: Step): readonly string[] {
    if (step.kind !== 'expand') return verbsOf(step);
    const slot = step.parts.find(isWritten(step));
    if (slot === undefined) return [step.name];
    const { loud, quiet } = pairOf(step.name);
    if (this.union.mask(slot) === 0)
      return this.endsNeverFlush && slot.slot === 'range-end' ? [quiet, loud] : [quiet];
    return slot.muted === true ? [quiet, loud] : [loud];
  }
}

/**
 * Slots that the caller's C shows, in the verb's name or as a call behind it. A verb that notifies and does not say so in
 * its name does it in its own C.
 */
export function isWritten(verb: Expand): (part: Part) => part is Do {
  const byName = /_notify$|_range(_only)?_end$/.test(verb.name);
  return (part): part is Do =>
    part.kind === 'do' && part.slot !== undefined && part.slot !== HIDDEN && (byName || part.muted === true);
}

/** A call of its own can stand for the slot: not where the verb's name says that it notifies, nor inside range_end. */
function isCalled(verb: Expand, on: boolean): boolean {
  return !/_range(_only)?_end$/.test(verb.name) && !(on && verb.name.endsWith('_notify'));
}

function kindOf(step: Step): Anchor['kind'] {
  if (step.kind === 'when' || step.kind === 'each') return 'test';
  if (step.kind === 'label' || step.kind === 'goto') return step.kind;
  return step.kind === 'do' && step.slot !== undefined ? 'slot' : 'step';
}

/** A verb that notifies and the one that does the same without: `x_notify` and `x`, `_range_end` and `_range_only_end`. */
export function pairOf(verb: string): { readonly loud: string; readonly quiet: string } {
  if (/_range(_only)?_end$/.test(verb)) {
    const base = verb.replace(/_range(_only)?_end$/, '');
    return { loud: `${base}_range_end`, quiet: `${base}_range_only_end` };
  }
  const quiet = verb.replace(/_notify$/, '');
  return { loud: `${quiet}_notify`, quiet };
}

/**
 * The names of a step that does not depend on slots; a flag's test is `PG_name`, set `set:PG_name`. A variable that is
 * assigned is `let name`, one that is asked is `is name`.
 */
export function verbsOf(step: Step): readonly string[] {
  switch (step.kind) {
    case 'label':
      return [`label ${step.name}`];
    case 'goto':
      return [`goto ${step.label}`];
    case 'do':
      if (step.primitive.name === 'let') return [`let ${argName(step.args[0])}`];
      return [flagOf(step.primitive.name, step.args) ?? step.primitive.name].filter((v) => !OURS.test(v));
    case 'when':
    case 'each': {
      const { primitive, args } = step.condition;
      const flag = flagOf(primitive.name, args);
      const constants = constantsIn(args);
      if (ASKS.test(primitive.name) && constants.length === 0)
        return args.flatMap((a) => (a.kind === 'register' ? [`is ${a.name}`] : []));
      const names = flag === undefined ? [primitive.name, ...constants] : [flag];
      const own = step.kind === 'each' ? [LOOP] : [];
      return [...names.filter((v) => !OURS.test(v)), ...own];
    }
    default:
      return [calleeOf(step)].filter((v) => v !== '');
  }
}

/** What every loop is called, whatever it asks. */
export const LOOP = 'loop';

/** Tests of a variable: `if (x)`, `if (x == y)`. */
const ASKS = /^(is_zero|equal|has)$/;

function argName(arg: Arg): string {
  return arg.kind === 'register' ? arg.name : '';
}

function flagOf(name: string, args: readonly Arg[]): string | undefined {
  const flag = args[1];
  if (!/^(Set|Clear)?PageFlag$/.test(name) || flag?.kind !== 'constant') return undefined;
  const side = name.startsWith('Set') ? 'set:' : name.startsWith('Clear') ? 'clear:' : '';
  return side + flag.name.replace(/^PG_(.*)$/, (_, word: string) => `PG_${word.replace(/_/g, '')}`);
}

function constantsIn(args: readonly Arg[]): readonly string[] {
  return args.flatMap((arg): readonly string[] => {
    if (arg.kind === 'computed') return constantsIn(arg.args);
    return arg.kind === 'constant' && /^[A-Z][A-Z0-9]*_\w+$/.test(arg.name) ? arg.name.split('|') : [];
  });
}

function valuesIn(args: readonly Arg[]): readonly string[] {
  return args.flatMap((arg) => (arg.kind === 'computed' ? [arg.primitive.name, ...valuesIn(arg.args)] : []));
}

function isSeen(step: Step): boolean {
  if (step.kind === 'do') return step.primitive.visible && !OURS.test(step.primitive.name);
  return step.kind === 'expand' || step.kind === 'call';
}

function argsOf(step: Step): readonly Arg[] {
  switch (step.kind) {
    case 'do':
    case 'expand':
      return step.args;
    case 'when':
    case 'each':
      return step.condition.args;
    case 'call':
      return Object.values(step.args);
    default:
      return [];
  }
}
