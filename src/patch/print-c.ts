import type { Model } from '../program/model.js';
import type { Arg, Condition, Do, Expand, Operation, Step } from '../program/step.js';
import { unionOf, type Union } from '../program/union.js';
import { pairOf } from './anchors.js';

/**
 * An operation of a model as C in the kernel's style, one text a C function: what patches of it are printed from. Steps
 * that no C has (promises) are left out.
 */
export function printC(operation: Operation, model: Model): ReadonlyMap<string, readonly string[]> {
  const printer = new Printer(unionOf(operation, [model]));
  printer.define(operation.name, operation.steps);
  return printer.functions;
}

class Printer {
  readonly functions = new Map<string, readonly string[]>();
  private lines: string[] = [];

  constructor(private readonly union: Union) {}

  define(name: string, steps: readonly Step[]): void {
    const outer = this.lines;
    this.lines = [];
    this.list(steps, 1);
    this.functions.set(name, [
      `static void ${name}(struct mm_struct *mm, struct vm_area_struct *vma)`,
      '{',
      ...this.lines,
      '}',
    ]);
    this.lines = outer;
  }

  private list(steps: readonly Step[], depth: number): void {
    for (const step of steps) {
      for (const x of this.union.before(step)) if (x.mask !== 0) this.list([x.step], depth);
      if (this.union.mask(step) !== 0) this.step(step, depth);
      for (const x of this.union.after(step)) if (x.mask !== 0) this.list([x.step], depth);
    }
  }

  private step(step: Step, depth: number): void {
    switch (step.kind) {
      case 'do':
        this.call(step.primitive.name, step.args, depth);
        return;
      case 'expand':
        this.expand(step, depth);
        return;
      case 'call':
        this.line(
          `${step.operation.name}(${['mm', ...Object.values(step.args).map(value)].join(', ')});`,
          depth,
        );
        return;
      case 'when':
        this.line(`if (${condition(step.condition)}) {`, depth);
        this.list(step.then, depth + 1);
        if (step.otherwise.length > 0) this.line('} else {', depth);
        this.list(step.otherwise, depth + 1);
        this.line('}', depth);
        return;
      case 'each':
        this.line(`while (${condition(step.condition)}) {`, depth);
        this.list(step.body, depth + 1);
        this.line('}', depth);
        return;
      case 'label':
        this.line(`${step.name}:`, 0);
        return;
      case 'goto':
        this.line(`goto ${step.label};`, depth);
        return;
      case 'branch':
        this.list(step.steps, depth);
        return;
      case 'inside':
        this.line(`${step.cFunction}(mm, vma);`, depth);
        this.define(step.cFunction, step.steps);
    }
  }

  /** A verb with a slot goes by the name that says whether it notifies. */
  private expand(step: Expand, depth: number): void {
    const slot = step.parts.find(
      (p): p is Do => p.kind === 'do' && p.slot !== undefined && p.slot !== 'in-flush',
    );
    if (slot === undefined) {
      this.call(step.name, step.args, depth);
      return;
    }
    const { loud, quiet } = pairOf(step.name);
    const notifies = this.union.mask(slot) !== 0;
    if (step.name === loud || /_only_end$/.test(step.name)) {
      this.call(notifies ? loud : quiet, step.args, depth);
      return;
    }
    this.call(step.name, step.args, depth);
    if (notifies && slot.muted === true) this.call(slot.primitive.name, slot.args, depth);
  }

  private call(name: string, args: readonly Arg[], depth: number): void {
    if (name.startsWith('promise_')) return;
    const flag = /^(Set|Clear)PageFlag$/.exec(name);
    if (flag !== null) this.line(`${flag[1]}${flagName(value(args[1]))}(${value(args[0])});`, depth);
    else if (name === 'let') this.line(`${value(args[0])} = ${value(args[1])};`, depth);
    else this.line(`${name}(${argsOf(name, args)});`, depth);
  }

  private line(text: string, depth: number): void {
    this.lines.push('\t'.repeat(depth) + text);
  }
}

function argsOf(name: string, args: readonly Arg[]): string {
  if (args.length === 2 && /_range|flush_tlb|secondary_tlbs/.test(name)) {
    const [start, count] = args.map(value);
    return `mm, ${start}, ${start} + ${/^\d+$/.test(count) ? `${count} * PAGE_SIZE` : count}`;
  }
  return ['mm', ...args.map(value)].join(', ');
}

const FLAG = /^(Set|Clear)?PageFlag$/;

function condition({ primitive, args, negated }: Condition): string {
  const [a = '', b = ''] = args.map(value);
  const not = negated ? '!' : '';
  if (primitive.name === 'has') return negated ? `!(${a} & ${b})` : `${a} & ${b}`;
  if (primitive.name === 'equal') return `${a} ${negated ? '!=' : '=='} ${b}`;
  if (primitive.name === 'is_zero') return negated ? a : `!${a}`;
  if (FLAG.test(primitive.name)) return `${not}${flagName(b)}(${a})`;
  return `${not}${primitive.name}(${args.map(value).join(', ')})`;
}

/** PG_device_private: PageDevicePrivate. */
function flagName(constant: string): string {
  const words = constant.slice('PG_'.length).split('_');
  return `Page${words.map((w) => w.slice(0, 1).toUpperCase() + w.slice(1)).join('')}`;
}

function value(arg: Arg): string {
  if (arg.kind !== 'computed') return arg.name;
  return `${arg.primitive.name}(${arg.args.map(value).join(', ')})`;
}
