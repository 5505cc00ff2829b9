import { calleeOf, placed, type Placed } from './locate.js';
import type { Param } from './primitive.js';
import type { Problem } from './problem.js';
import type { Arg, Call, Operation, Register, Step } from './step.js';

/**
 * Checks each step of an operation's own text alone: arguments fit the verb, registers are the operation's own, calls
 * give what the callee takes, labels and gotos match, and no step value stands at two places (an edit of one would be
 * an edit of both).
 */
export function checkArguments(operation: Operation): readonly Problem[] {
  return new Arguments(operation).check();
}

/** How paths name the step. */
export function placeText(operation: Operation, p: Placed): string {
  const name = calleeOf(p.step) || (p.step.kind === 'goto' ? `goto ${p.step.label}` : p.step.kind);
  const part =
    p.expansion !== undefined && (p.step.kind === 'do' || p.step.kind === 'call')
      ? `${p.expansion.name}.${p.step.part ?? ''}`
      : name;
  return `${operation.name}:${p.number} ${part}`;
}

class Arguments {
  private readonly out: Problem[] = [];
  private readonly registers: ReadonlySet<Register>;
  private path = '';

  constructor(private readonly operation: Operation) {
    this.registers = new Set([...operation.takes, ...operation.gives, ...operation.locals]);
  }

  check(): readonly Problem[] {
    const seen = new Set<Step>();
    const text = placed(this.operation);
    for (const p of text) {
      this.path = placeText(this.operation, p);
      if (seen.has(p.step))
        this.add('the same step value stands at another place too; edits cannot tell them apart');
      seen.add(p.step);
      this.step(p.step);
    }
    this.labels(text);
    return this.out;
  }

  private add(text: string): void {
    this.out.push({ operation: this.operation.name, path: this.path, text });
  }

  private step(step: Step): void {
    if (step.kind === 'do') this.args(step.primitive.params, step.args);
    else if (step.kind === 'when' || step.kind === 'each') {
      this.args(step.condition.primitive.params, step.condition.args);
      if (step.kind === 'each' && step.condition.negated)
        this.add('each takes a plain cursor, not a negated test');
    } else if (step.kind === 'call') this.call(step);
  }

  private args(params: readonly Param[], args: readonly Arg[]): void {
    if (args.length !== params.length) this.add(`has ${args.length} arguments; expected ${params.length}`);
    args.forEach((arg, i) => this.arg(arg, params[i]?.mode === 'out' ? params[i].name : undefined));
  }

  /** `written`: the name of the parameter that writes the argument. */
  private arg(arg: Arg, written: string | undefined): void {
    if (arg.kind === 'register' && !this.registers.has(arg))
      this.add(`the register ${arg.name} is not declared`);
    if (arg.kind !== 'register' && written !== undefined)
      this.add(`writes ${written}, which must be a register`);
    if (arg.kind === 'computed') this.args(arg.primitive.params, arg.args);
  }

  private call({ operation: callee, args }: Call): void {
    const takes = new Set(callee.takes.map((r) => r.name));
    const gives = new Set(callee.gives.map((r) => r.name));
    for (const name of takes)
      if (args[name] === undefined) this.add(`${callee.name} needs the argument ${name}`);
    for (const [name, arg] of Object.entries(args)) {
      if (!takes.has(name) && !gives.has(name)) this.add(`${callee.name} has no argument ${name}`);
      this.arg(arg, gives.has(name) ? name : undefined);
    }
  }

  private labels(text: readonly Placed[]): void {
    const gotos = new Set(text.flatMap((p) => (p.step.kind === 'goto' ? [p.step.label] : [])));
    const labels = new Set<string>();
    for (const p of text) {
      if (p.step.kind !== 'label') continue;
      this.path = placeText(this.operation, p);
      if (labels.has(p.step.name)) this.add(`the label ${p.step.name} stands twice`);
      if (!gotos.has(p.step.name)) this.add(`no goto goes to the label ${p.step.name}`);
      labels.add(p.step.name);
    }
    for (const p of text) {
      if (p.step.kind !== 'goto' || labels.has(p.step.label)) continue;
      this.path = placeText(this.operation, p);
      this.add(`goto ${p.step.label} has no label`);
    }
  }
}
