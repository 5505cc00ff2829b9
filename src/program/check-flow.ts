import { placeText } from './check-arguments.js';
import { placed, type Placed } from './locate.js';
import type { Problem } from './problem.js';
import type { Param } from './primitive.js';
import { isCopy } from './symbol.js';
import type { Arg, Condition, Operation, Register, Step } from './step.js';

/** Registers that every path to here has written; undefined where no path leads. */
type Written = ReadonlySet<Register> | undefined;

/**
 * Follows the control flow of an operation's own text: no step is unreachable, and no register is read that some path
 * to the read has not written. Arguments are written; so are the values that an operation gives, which begin as 0 (no
 * error), and its variables: locals that only `let` and calls set, which begin as 0 as the C would initialise them. What
 * a verb looks up must have been looked up. A call writes what its callee gives. A test writes its results only where it holds. Cursors, which a test both
 * reads and writes, are written by it.
 */
export function checkFlow(operation: Operation): readonly Problem[] {
  return new Flow(operation).check();
}

class Flow {
  private readonly places: ReadonlyMap<Step, Placed>;
  /** What holds at a label, by name, and at the head of a loop. */
  private readonly joins = new Map<string | Step, Written>();
  private problems = new Map<string, Problem>();
  private changed = true;

  constructor(private readonly operation: Operation) {
    this.places = new Map(placed(operation).map((p) => [p.step, p]));
  }

  check(): readonly Problem[] {
    while (this.changed) {
      this.changed = false;
      this.problems = new Map();
      this.steps(this.operation.steps, this.atStart());
    }
    return [...this.problems.values()];
  }

  private atStart(): Written {
    const { takes, gives, locals } = this.operation;
    const [set, lookedUp] = writersOf(this.places.keys());
    return new Set([...takes, ...gives, ...locals.filter((r) => set.has(r) && !lookedUp.has(r))]);
  }

  private add(step: Step, text: string): void {
    const p = this.places.get(step);
    const path = p === undefined ? this.operation.name : placeText(this.operation, p);
    this.problems.set(`${path} ${text}`, { operation: this.operation.name, path, text });
  }

  /** What holds after the list. */
  private steps(list: readonly Step[], before: Written): Written {
    let now = before;
    let told = before === undefined;
    for (const step of list) {
      if (step.kind !== 'label' && now === undefined && !told) {
        this.add(step, 'no path leads to this step');
        told = true;
      }
      now = this.step(step, now);
      if (now !== undefined) told = false;
    }
    return now;
  }

  private step(step: Step, before: Written): Written {
    switch (step.kind) {
      case 'do':
        return this.verb(step, step.primitive.params, step.args, before);
      case 'expand':
        return step.parts.reduce<Written>((now, part) => this.step(part, now), before);
      case 'branch':
      case 'inside':
        return this.steps(step.steps, before);
      case 'label':
        return join(before, this.joins.get(step.name));
      case 'goto':
        this.reach(step.label, before);
        return undefined;
      case 'when': {
        const [then, otherwise] = this.test(step, step.condition, before);
        return join(this.steps(step.then, then), this.steps(step.otherwise, otherwise));
      }
      case 'each': {
        this.reach(step, before);
        const [body, after] = this.test(step, step.condition, this.joins.get(step));
        this.reach(step, this.steps(step.body, body));
        return after;
      }
      case 'call': {
        const takes = new Set(step.operation.takes.map((r) => r.name));
        for (const [name, arg] of Object.entries(step.args))
          if (takes.has(name)) this.read(step, arg, before);
        const gives = step.operation.gives.map((r) => step.args[r.name]);
        return write(before, gives);
      }
    }
  }

  /** What holds where the condition is met, and where it is not. */
  private test(step: Step, c: Condition, before: Written): readonly [Written, Written] {
    const holds = this.verb(step, c.primitive.params, c.args, before);
    return c.negated ? [before, holds] : [holds, before];
  }

  private verb(step: Step, params: readonly Param[], args: readonly Arg[], before: Written): Written {
    args.forEach((arg, i) => {
      if (params[i]?.mode !== 'out') this.read(step, arg, before);
    });
    return write(
      before,
      args.filter((_, i) => params[i]?.mode === 'out'),
    );
  }

  private read(step: Step, arg: Arg, before: Written): void {
    if (arg.kind === 'computed') for (const a of arg.args) this.read(step, a, before);
    if (arg.kind === 'register' && before?.has(arg) === false)
      this.add(step, `${arg.name} is read, and a path leads here on which nothing has written it`);
  }

  /** Another way leads to a label or the head of a loop. */
  private reach(target: string | Step, now: Written): void {
    if (now === undefined) return;
    const had = this.joins.get(target);
    const joined = join(now, had);
    if (had !== undefined && joined?.size === had.size) return;
    this.joins.set(target, joined);
    this.changed = true;
  }
}

function write(before: Written, args: readonly (Arg | undefined)[]): Written {
  if (before === undefined) return undefined;
  return new Set([...before, ...args.filter((a): a is Register => a?.kind === 'register')]);
}

/** Where two ways meet, only what both have written is written. */
function join(a: Written, b: Written): Written {
  if (a === undefined || b === undefined) return a ?? b;
  return new Set([...a].filter((r) => b.has(r)));
}

/** Registers that `let` and calls set, and those that other verbs write. */
function writersOf(steps: Iterable<Step>): readonly [ReadonlySet<Arg>, ReadonlySet<Arg>] {
  const set = new Set<Arg>();
  const lookedUp = new Set<Arg>();
  for (const step of steps) {
    if (step.kind === 'call') {
      for (const r of step.operation.gives) if (step.args[r.name] !== undefined) set.add(step.args[r.name]);
      continue;
    }
    const verb =
      step.kind === 'do' ? step : step.kind === 'when' || step.kind === 'each' ? step.condition : undefined;
    const into = verb !== undefined && isCopy(verb.primitive) ? set : lookedUp;
    verb?.args.forEach((arg, i) => {
      if (verb.primitive.params[i]?.mode === 'out') into.add(arg);
    });
  }
  return [set, lookedUp];
}
