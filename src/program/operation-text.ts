import { assert } from '../base/assert.js';
import { computedInto } from './computed.js';
import { AS_IS, INDEX, READ, type Drafts, type Operand, type Runtime, type StepInfo } from './instruction.js';
import { Info } from './info.js';
import type { Mode, Primitive } from './primitive.js';
import type { Arg, Call, Condition, Do, Each, Expand, Operation, Register, Step, When } from './step.js';
import type { Inserted, Mask, Union } from './union.js';

/** What all texts of one layout share. */
export interface Shared {
  readonly drafts: Drafts;
  readonly runtime: Runtime;
  /** What a jump does: nothing. */
  readonly jump: Primitive;
  /** The mask of all models. */
  readonly all: Mask;
  union(operation: Operation): Union;
  /** Name of the program operation that is being laid out. */
  program: string;
  /** Its registers: `top` are in use here, `widest` is the most that any needed. */
  readonly window: { top: number; widest: number };
}

/** Where a step stands: the models that get there, the branches around it, whether an edit put it there. */
interface Place {
  readonly mask: Mask;
  readonly branch: string;
  readonly inserted: boolean;
}

/** The text of one operation, laid out in place; calls lay out texts of their own inside it. */
export class OperationText {
  private readonly union: Union;
  private scope: ReadonlyMap<Register, Operand> = new Map();
  private readonly labels = new Map<string, number>();
  private readonly jumps: { at: number; label: string }[] = [];
  private number = 0;
  private extra = 0;
  private cFunction: string;

  /** `prefix`: paths of the calls around it. */
  constructor(
    private readonly shared: Shared,
    private readonly op: Operation,
    private readonly prefix: string,
  ) {
    this.union = shared.union(op);
    this.cFunction = op.name;
  }

  /** Lays the text out for the models of `mask`; `scope` says where its registers are. */
  layOut(scope: ReadonlyMap<Register, Operand>, mask: Mask): void {
    this.scope = scope;
    this.steps(this.op.steps, { mask, branch: '', inserted: false });
    for (const j of this.jumps) {
      const target = this.labels.get(j.label);
      assert(target !== undefined, `${this.op.name}: goto ${j.label} has no label`);
      const draft = this.shared.drafts.at(j.at);
      draft.next = draft.otherwise = target;
    }
  }

  takeRegister(): number {
    const w = this.shared.window;
    w.widest = Math.max(w.widest, w.top + 1);
    return w.top++;
  }

  private steps(list: readonly Step[], place: Place): void {
    for (const step of list) {
      this.inserted(this.union.before(step), place);
      this.step(step, place);
      this.inserted(this.union.after(step), place);
    }
  }

  private inserted(list: readonly Inserted[], place: Place): void {
    for (const x of list) this.steps([x.step], { ...place, mask: place.mask & x.mask, inserted: true });
  }

  private step(step: Step, outer: Place): void {
    const place = { ...outer, mask: outer.mask & this.union.mask(step) };
    if (step.kind === 'branch') {
      const branch = outer.branch === '' ? step.name : `${outer.branch}/${step.name}`;
      return this.steps(step.steps, { ...place, branch });
    }
    if (step.kind === 'inside') {
      const was = this.cFunction;
      this.cFunction = step.cFunction;
      this.steps(step.steps, place);
      this.cFunction = was;
      return;
    }
    this.count(place.inserted);
    switch (step.kind) {
      case 'do':
        this.do(step, outer, undefined);
        return;
      case 'expand':
        this.expand(step, place);
        return;
      case 'when':
        if (place.mask === 0) this.renumber([...step.then, ...step.otherwise]);
        else this.when(step, place);
        return;
      case 'each':
        if (place.mask === 0) this.renumber(step.body);
        else this.each(step, place);
        return;
      case 'label':
        this.labels.set(step.name, this.shared.drafts.end);
        return;
      case 'goto':
        if (place.mask !== 0) {
          const info = this.info('goto', `goto ${step.label}`, place, undefined);
          this.jumps.push({ at: this.emitJump(info, place.mask), label: step.label });
        }
        return;
      case 'call':
        this.call(step, place);
    }
  }

  private do(d: Do, place: Place, expansion: Expand | undefined): void {
    const mask = this.union.mask(d) & place.mask;
    if (mask === 0) return;
    const suffix = expansion === undefined ? d.primitive.name : `${expansion.name}.${d.part ?? ''}`;
    this.emit(d.primitive, d.args, mask, this.info(d.primitive.name, suffix, place, d.slot));
  }

  private expand(step: Expand, place: Place): void {
    for (const part of step.parts) {
      this.inserted(this.union.before(part), place);
      if (part.kind === 'do') this.do(part, place, step);
      else this.call(part, { ...place, mask: place.mask & this.union.mask(part) });
      this.inserted(this.union.after(part), place);
    }
  }

  private when(step: When, place: Place): void {
    const { drafts } = this.shared;
    const from = drafts.end;
    const test = this.emitTest(step.condition, place);
    const info = drafts.at(test).info;
    // Where the test of a negated condition holds, `then` is jumped over.
    const over = step.condition.negated ? this.emitJump(info) : -1;
    if (over >= 0) drafts.at(test).otherwise = drafts.end;
    this.steps(step.then, place);
    const out = step.otherwise.length > 0 ? this.emitJump(info) : -1;
    if (over >= 0) drafts.jump(over, drafts.end);
    else drafts.at(test).otherwise = drafts.end;
    this.steps(step.otherwise, place);
    if (out >= 0) drafts.jump(out, drafts.end);
    // A model without this `when` has none of what stands in it.
    drafts.skipTo(from, test);
  }

  private each(step: Each, place: Place): void {
    assert(!step.condition.negated, `${this.op.name}: each takes a plain cursor`);
    const { drafts } = this.shared;
    const from = drafts.end;
    const test = this.emitTest(step.condition, place);
    this.steps(step.body, place);
    drafts.jump(this.emitJump(drafts.at(test).info), from);
    drafts.at(test).otherwise = drafts.end;
    drafts.skipTo(from, test);
  }

  private call(step: Call, { mask, inserted }: Place): void {
    if (mask === 0) return;
    const { window } = this.shared;
    const { top } = window;
    const callee = step.operation;
    const info = this.info(callee.name, callee.name, { mask, branch: '', inserted: false }, undefined);
    const inner = new Map<Register, Operand>();
    for (const r of callee.takes) {
      const given = step.args[r.name];
      assert(given !== undefined, `${info.path}: ${callee.name} needs the argument ${r.name}`);
      inner.set(r, this.operand(given, 'in', info, mask));
    }
    for (const r of callee.gives) {
      const given = step.args[r.name];
      assert(given === undefined || given.kind === 'register', `${info.path}: ${r.name} must be a register`);
      inner.set(r, given === undefined ? { mode: READ, value: this.takeRegister() } : this.scope.get(given)!);
    }
    const locals = window.top;
    for (const r of callee.locals) inner.set(r, { mode: READ, value: this.takeRegister() });
    // Values computed for earlier steps may stand where the locals begin.
    if (callee.locals.length > 0) this.forget(locals, callee.locals.length, mask, info);
    const { widest } = window;
    window.widest = window.top;
    const at = `${this.prefix}${this.op.name}:${this.numberText(inserted)} `;
    new OperationText(this.shared, callee, at).layOut(inner, mask);
    if (window.widest > top) this.forget(top, window.widest - top, mask, info);
    window.widest = Math.max(widest, window.widest);
    window.top = top;
  }

  private forget(first: number, count: number, mask: Mask, info: StepInfo): void {
    const args = [
      { mode: INDEX, value: first },
      { mode: AS_IS, value: count },
    ];
    this.shared.drafts.emit(this.shared.runtime.forget, args, mask, info);
  }

  /** Counts the statements of a part that no model has. */
  private renumber(list: readonly Step[]): void {
    for (const s of list) {
      if (s.kind === 'branch' || s.kind === 'inside') {
        this.renumber(s.steps);
        continue;
      }
      this.number++;
      if (s.kind === 'when') this.renumber([...s.then, ...s.otherwise]);
      else if (s.kind === 'each') this.renumber(s.body);
    }
  }

  /** Statements that edits put in have the number of the one before them, and count from there. */
  private count(inserted: boolean): void {
    this.extra = inserted ? this.extra + 1 : 0;
    if (!inserted) this.number++;
  }

  private numberText(inserted: boolean): string {
    return inserted ? `${this.number}+${this.extra > 1 ? this.extra : ''}` : String(this.number);
  }

  private info(text: string, suffix: string, place: Place, slot: string | undefined): StepInfo {
    const { name } = this.op;
    const site = place.branch === '' ? name : `${name}/${place.branch}`;
    const { program } = this.shared;
    const number = this.numberText(place.inserted);
    return new Info(
      this.prefix,
      number,
      suffix,
      name,
      program,
      site,
      slot,
      text,
      this.cFunction,
      place.inserted,
    );
  }

  private emitTest({ primitive, args }: Condition, place: Place): number {
    return this.emit(
      primitive,
      args,
      place.mask,
      this.info(primitive.name, primitive.name, place, undefined),
    );
  }

  private emit(primitive: Primitive, list: readonly Arg[], mask: Mask, info: StepInfo): number {
    const { window, drafts } = this.shared;
    const top = window.top;
    const args = list.map((x, i) => this.operand(x, primitive.params[i].mode, info, mask));
    const at = drafts.emit(primitive, args, mask, info);
    window.top = top;
    return at;
  }

  private emitJump(info: StepInfo, mask: Mask = this.shared.all): number {
    const { drafts, jump } = this.shared;
    return drafts.emit(jump, NO_OPERANDS, mask, info);
  }

  /** The operand for an argument; computed ones are put into a register of their own first. */
  private operand(arg: Arg, mode: Mode, info: StepInfo, mask: Mask): Operand {
    if (arg.kind === 'constant') {
      assert(mode === 'in', `${info.path}: a constant cannot be written`);
      return { mode: AS_IS, value: arg.value };
    }
    if (arg.kind === 'register') {
      const at = this.scope.get(arg);
      assert(at !== undefined, `${info.path}: register ${arg.name} is not declared`);
      if (mode === 'in') return at;
      assert(
        at.mode === READ,
        `${info.path}: register ${arg.name} stands for a constant and cannot be written`,
      );
      return { mode: INDEX, value: at.value };
    }
    const into = this.takeRegister();
    const args = arg.args.map((x, i) => this.operand(x, arg.primitive.params[i].mode, info, mask));
    assert(args.length <= 3, `${info.path}: ${arg.primitive.name} takes more than three values`);
    const [a = zero, b = zero, c = zero] = args;
    const primitive = computedInto(arg.primitive, this.shared.runtime.assign);
    this.shared.drafts.emit(primitive, [a, b, c, { mode: INDEX, value: into }], mask, info);
    return { mode: READ, value: into };
  }
}

const zero: Operand = { mode: AS_IS, value: 0 };
const NO_OPERANDS: readonly Operand[] = [];
