import { assert } from '../base/assert.js';
import type { Mode } from './primitive.js';
import type { Arg, Condition, Constant, Do, Operation, Step } from './step.js';
import type { Vocabulary } from './vocabulary.js';

/** Names of the registers that a piece of text can use. */
export function registerNames(operation: Operation): ReadonlySet<string> {
  return new Set([...operation.takes, ...operation.gives, ...operation.locals].map((r) => r.name));
}

/** Writes the steps of one operation, each as the one line that it is in a listing. */
export class StepText {
  constructor(
    private readonly words: Vocabulary,
    private readonly registers: ReadonlySet<string>,
  ) {}

  /** The line of a step without what stands beneath it. */
  line(step: Step): string {
    switch (step.kind) {
      case 'do':
        return `${this.words.nameOf(step.primitive)}(${this.args(step.primitive.params, step.args)})${slotText(step)}`;
      case 'expand':
        assert(step.parts.length > 0, `${step.name} expands into nothing`);
        return `${step.name}(${step.args.map((a) => this.arg(a, 'in')).join(', ')})`;
      case 'when':
      case 'each':
        return `${step.kind} ${this.condition(step.condition)}`;
      case 'label':
        return `${step.name}:`;
      case 'goto':
        return `goto ${step.label}`;
      case 'branch':
        return `branch ${step.name}`;
      case 'inside':
        return `inside ${step.cFunction}${step.file === undefined ? '' : ` (${step.file})`}`;
      case 'call': {
        const gives = new Set(step.operation.gives.map((r) => r.name));
        const args = Object.entries(step.args).map(
          ([name, arg]) => `${name} = ${this.arg(arg, gives.has(name) ? 'out' : 'in')}`,
        );
        return `call ${step.operation.name}(${args.join(', ')})`;
      }
    }
  }

  private condition(c: Condition): string {
    const test = `${this.words.nameOf(c.primitive)}(${this.args(c.primitive.params, c.args)})`;
    return c.negated ? `not ${test}` : test;
  }

  private args(params: readonly { readonly mode: Mode }[], args: readonly Arg[]): string {
    return args.map((a, i) => this.arg(a, params[i]?.mode ?? 'in')).join(', ');
  }

  /** `addr`; `&entry` for a register that is written; `mk_pte(page, WRITE|DIRTY)`. */
  private arg(arg: Arg, mode: Mode): string {
    switch (arg.kind) {
      case 'register':
        return mode === 'out' ? `&${arg.name}` : arg.name;
      case 'constant':
        return this.constant(arg);
      case 'computed':
        return `${this.words.nameOf(arg.primitive)}(${this.args(arg.primitive.params, arg.args)})`;
    }
  }

  /** The name alone where it can be looked up, else `name=value`. */
  private constant(c: Constant): string {
    if (c.name === String(c.value)) return c.name;
    assert(/^[\w|-]+$/.test(c.name), `the constant "${c.name}" has no name that a listing could show`);
    const parts = c.name.split('|').map((name) => this.words.constant(name));
    const known =
      parts.every((p) => p !== undefined) && parts.reduce((sum, p) => sum | p.value, 0) === c.value;
    return known && !this.registers.has(c.name) ? c.name : `${c.name}=${c.value}`;
  }
}

function slotText(step: Do): string {
  if (step.slot === undefined) return '';
  return `  @${step.slot}${step.muted === true ? ' (muted)' : ''}`;
}
