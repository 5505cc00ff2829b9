import { assert } from '../base/assert.js';
import { DONE, type Primitive } from './primitive.js';
import type { Model } from './model.js';
import type { Arg, Condition, Do, Expand, Register, Step, Operation } from './step.js';
import { unionOf, type Mask, type Union } from './union.js';

/** How an argument reaches a primitive: as it stands, read from a register, or as the register's word index. */
export const AS_IS = 0;
export const READ = 1;
export const INDEX = 2;

/** Where an instruction comes from: what traces, coverage, edits and schedules call it. */
export interface StepInfo {
  /** `wp_page_copy:6 ptep_clear_flush_notify.notify`, with the calls around it before it. */
  readonly path: string;
  /** The innermost operation. */
  readonly operation: string;
  /** The program operation that this code belongs to. */
  readonly program: string;
  readonly site: string;
  readonly slot?: string;
  readonly text: string;
  readonly cFunction: string;
  /** Names of the branches passed to get here. */
  readonly inserted: boolean;
}

export interface Instruction {
  run: Primitive['run'];
  primitive: Primitive | undefined;
  am: number;
  a: number;
  bm: number;
  b: number;
  cm: number;
  c: number;
  dm: number;
  d: number;
  next: number;
  otherwise: number;
  visible: boolean;
  /** In this model nothing happens here; the step keeps its place for the other model's sake. */
  idle: boolean;
  info: StepInfo;
}

/** The lowered form of one model: one array of instructions for all program operations. */
export interface Code {
  readonly model: Model;
  readonly instructions: readonly Instruction[];
  readonly entry: ReadonlyMap<string, number>;
  /** Registers that the widest program operation needs. */
  readonly registers: number;
}

/** Primitives that lowering itself needs; the machine provides what they do. */
export interface Runtime {
  /** Ends a program operation. */
  readonly ret: Primitive;
  /** The instruction at 0: a thread that has nothing left to do. */
  readonly idle: Primitive;
  /** Writes the value `b` into the register word `a`. */
  readonly assign: Primitive;
  /** Zeroes `b` registers from `a` on, so that equal situations are equal words. */
  readonly forget: Primitive;
}

interface Draft {
  primitive: Primitive;
  args: { mode: number; value: number }[];
  next: number;
  otherwise: number;
  mask: Mask;
  /** Where a model goes that does not have this instruction. */
  skip: number;
  info: StepInfo;
}

const nop = (): number => DONE;

/** Lays out the program operations once for all `models` (two at most) and gives each its code. */
export function lower(programs: readonly Operation[], models: readonly Model[], runtime: Runtime): readonly Code[] {
  assert(models.length > 0 && models.length <= 8, 'lower: between one and eight models');
  const all = (1 << models.length) - 1;
  const drafts: Draft[] = [];
  const unions = new Map<Operation, Union>();
  const entry = new Map<string, number>();
  let registers = 0;

  const union = (op: Operation): Union => {
    let u = unions.get(op);
    if (u === undefined) unions.set(op, (u = unionOf(op, models)));
    return u;
  };
  const emit = (d: Omit<Draft, 'next' | 'otherwise' | 'skip'>): number => {
    const at = drafts.length;
    drafts.push({ ...d, next: at + 1, otherwise: at + 1, skip: at + 1 });
    return at;
  };
  const plain = (value: number): { mode: number; value: number } => ({ mode: AS_IS, value });

  const idleInfo: StepInfo = {
    path: 'idle', operation: '', program: '', site: '', text: 'idle', cFunction: '', inserted: false,
  };
  emit({ primitive: runtime.idle, args: [], mask: all, info: idleInfo });

  for (const program of programs) {
    entry.set(program.name, drafts.length);
    layOut(program);
  }

  function layOut(program: Operation): void {
    const env = new Map<Register, { mode: number; value: number }>();
    let top = 0;
    const take = (): number => {
      registers = Math.max(registers, top + 1);
      return top++;
    };
    for (const r of [...program.takes, ...program.gives, ...program.locals]) {
      env.set(r, { mode: READ, value: take() });
    }
    body(program, env, '', all);
    emit({
      primitive: runtime.ret, args: [], mask: all,
      info: { ...idleInfo, path: `${program.name}:return`, operation: program.name, program: program.name, text: 'return' },
    });

    function body(op: Operation, scope: Map<Register, { mode: number; value: number }>, prefix: string, outer: Mask): void {
      const u = union(op);
      const labels = new Map<string, number>();
      const jumps: { at: number; label: string }[] = [];
      let number = 0;
      let cFunction = op.name;

      const infoOf = (text: string, suffix: string, branch: string, slot: string | undefined, inserted: boolean): StepInfo => ({
        path: `${prefix}${op.name}:${inserted ? `${number}+` : number} ${suffix}`,
        operation: op.name,
        program: program.name,
        site: branch === '' ? op.name : `${op.name}/${branch}`,
        ...(slot === undefined ? {} : { slot }),
        text,
        cFunction,
        inserted,
      });

      const resolve = (arg: Arg, mode: 'in' | 'out', info: StepInfo, mask: Mask): { mode: number; value: number } => {
        if (arg.kind === 'constant') {
          assert(mode === 'in', `${info.path}: a constant cannot be written`);
          return plain(arg.value);
        }
        if (arg.kind === 'register') {
          const at = scope.get(arg);
          assert(at !== undefined, `${info.path}: register ${arg.name} is not declared`);
          if (mode === 'in') return at;
          assert(at.mode === READ, `${info.path}: register ${arg.name} stands for a constant and cannot be written`);
          return { mode: INDEX, value: at.value };
        }
        const temp = take();
        const args = arg.args.map((x, i) => resolve(x, arg.primitive.params[i]!.mode, info, mask));
        emitAssign(arg.primitive, temp, args, mask, info);
        return { mode: READ, value: temp };
      };

      const emitAssign = (
        value: Primitive, temp: number, args: { mode: number; value: number }[], mask: Mask, info: StepInfo,
      ): void => {
        assert(args.length <= 3, `${info.path}: ${value.name} takes more than three values`);
        const run: Primitive['run'] = (m, t, a, b, c, d) => {
          (m as { words: Int32Array }).words[d] = value.run(m, t, a, b, c, 0);
          return DONE;
        };
        const padded = [...args];
        while (padded.length < 3) padded.push(plain(0));
        emit({
          primitive: { ...runtime.assign, name: value.name, run },
          args: [...padded, { mode: INDEX, value: temp }],
          mask,
          info,
        });
      };

      const emitDo = (d: Do, mask: Mask, branch: string, expansion: Expand | undefined, inserted: boolean): void => {
        const own = u.mask(d) & mask;
        if (own === 0) return;
        const suffix = expansion === undefined ? d.primitive.name : `${expansion.name}.${d.part ?? ''}`;
        const info = infoOf(d.primitive.name, suffix, branch, d.slot, inserted);
        const before = top;
        const args = d.args.map((x, i) => resolve(x, d.primitive.params[i]!.mode, info, own));
        emit({ primitive: d.primitive, args, mask: own, info });
        top = before;
      };

      const emitTest = (c: Condition, mask: Mask, branch: string, inserted: boolean): number => {
        const info = infoOf(c.primitive.name, c.primitive.name, branch, undefined, inserted);
        const before = top;
        const args = c.args.map((x, i) => resolve(x, c.primitive.params[i]!.mode, info, mask));
        const at = emit({ primitive: c.primitive, args, mask, info });
        top = before;
        return at;
      };

      const emitJump = (info: StepInfo): number =>
        emit({ primitive: { ...runtime.assign, name: 'goto', run: nop }, args: [], mask: all, info });

      const steps = (list: readonly Step[], mask: Mask, branch: string, inserted: boolean): void => {
        for (const step of list) {
          for (const x of u.before(step)) steps([x.step], mask & x.mask, branch, true);
          one(step, mask, branch, inserted);
          for (const x of u.after(step)) steps([x.step], mask & x.mask, branch, true);
        }
      };

      const one = (step: Step, outerMask: Mask, branch: string, inserted: boolean): void => {
        if (step.kind === 'branch') {
          steps(step.steps, outerMask & u.mask(step), branch === '' ? step.name : `${branch}/${step.name}`, inserted);
          return;
        }
        if (step.kind === 'inside') {
          const was = cFunction;
          cFunction = step.cFunction;
          steps(step.steps, outerMask & u.mask(step), branch, inserted);
          cFunction = was;
          return;
        }
        if (!inserted) number++;
        const mask = outerMask & u.mask(step);
        switch (step.kind) {
          case 'do':
            emitDo(step, outerMask, branch, undefined, inserted);
            return;
          case 'expand':
            for (const part of step.parts) {
              for (const x of u.before(part)) steps([x.step], mask & x.mask, branch, true);
              emitDo(part, mask, branch, step, inserted);
              for (const x of u.after(part)) steps([x.step], mask & x.mask, branch, true);
            }
            return;
          case 'when': {
            const kept = number;
            if (mask === 0) {
              renumber(step.then);
              renumber(step.otherwise);
              return;
            }
            const from = drafts.length;
            const test = emitTest(step.condition, mask, branch, inserted);
            if (!step.condition.negated) {
              steps(step.then, mask, branch, inserted);
              const jump = step.otherwise.length > 0 ? emitJump(drafts[test]!.info) : -1;
              drafts[test]!.otherwise = drafts.length;
              steps(step.otherwise, mask, branch, inserted);
              if (jump >= 0) drafts[jump]!.next = drafts[jump]!.otherwise = drafts[jump]!.skip = drafts.length;
            } else {
              const into = emitJump(drafts[test]!.info); // condition holds: skip `then`
              drafts[test]!.otherwise = drafts.length;
              steps(step.then, mask, branch, inserted);
              const jump = step.otherwise.length > 0 ? emitJump(drafts[test]!.info) : -1;
              drafts[into]!.next = drafts[into]!.otherwise = drafts[into]!.skip = drafts.length;
              steps(step.otherwise, mask, branch, inserted);
              if (jump >= 0) drafts[jump]!.next = drafts[jump]!.otherwise = drafts[jump]!.skip = drafts.length;
            }
            // A model without this `when` has none of what stands in it.
            for (let i = from; i <= test; i++) drafts[i]!.skip = drafts.length;
            void kept;
            return;
          }
          case 'each': {
            if (mask === 0) {
              renumber(step.body);
              return;
            }
            const from = drafts.length;
            const test = emitTest(step.condition, mask, branch, inserted);
            assert(!step.condition.negated, `${op.name}: each takes a plain cursor`);
            steps(step.body, mask, branch, inserted);
            const back = emitJump(drafts[test]!.info);
            drafts[back]!.next = drafts[back]!.otherwise = drafts[back]!.skip = from;
            drafts[test]!.otherwise = drafts.length;
            for (let i = from; i <= test; i++) drafts[i]!.skip = drafts.length;
            return;
          }
          case 'label':
            labels.set(step.name, drafts.length);
            return;
          case 'goto': {
            if (mask === 0) return;
            const at = emitJump(infoOf('goto', `goto ${step.label}`, branch, undefined, inserted));
            drafts[at]!.mask = mask;
            jumps.push({ at, label: step.label });
            return;
          }
          case 'call': {
            if (mask === 0) return;
            callIn(step.operation, step.args, mask);
            return;
          }
        }
      };

      const renumber = (list: readonly Step[]): void => {
        for (const s of list) {
          if (s.kind === 'branch' || s.kind === 'inside') {
            renumber(s.steps);
            continue;
          }
          number++;
          if (s.kind === 'when') {
            renumber(s.then);
            renumber(s.otherwise);
          } else if (s.kind === 'each') renumber(s.body);
        }
      };

      const callIn = (callee: Operation, args: Readonly<Record<string, Arg>>, mask: Mask): void => {
        const inner = new Map<Register, { mode: number; value: number }>();
        const before = top;
        const info = infoOf(callee.name, callee.name, '', undefined, false);
        for (const r of callee.takes) {
          const given = args[r.name];
          assert(given !== undefined, `${info.path}: ${callee.name} needs the argument ${r.name}`);
          inner.set(r, resolve(given, 'in', info, mask));
        }
        for (const r of callee.gives) {
          const given = args[r.name];
          if (given === undefined) inner.set(r, { mode: READ, value: take() });
          else {
            assert(given.kind === 'register', `${info.path}: ${r.name} must be a register`);
            inner.set(r, scope.get(given)!);
          }
        }
        const from = top;
        for (const r of callee.locals) inner.set(r, { mode: READ, value: take() });
        body(callee, inner, `${prefix}${op.name}:${number} `, mask);
        if (callee.locals.length > 0) {
          emit({
            primitive: runtime.forget,
            args: [{ mode: INDEX, value: from }, plain(callee.locals.length)],
            mask,
            info,
          });
        }
        top = before;
      };

      steps(op.steps, outer, '', false);
      for (const j of jumps) {
        const target = labels.get(j.label);
        assert(target !== undefined, `${op.name}: goto ${j.label} has no label`);
        drafts[j.at]!.next = drafts[j.at]!.otherwise = target;
      }
    }
  }

  return models.map((model, i) => ({
    model,
    instructions: drafts.map((d) => finish(d, 1 << i)),
    entry,
    registers,
  }));
}

/** The instruction of one model; a step that the model lacks stays as a place where nothing happens. */
function finish(d: Draft, bit: Mask): Instruction {
  const has = (d.mask & bit) !== 0;
  const arg = (i: number): { mode: number; value: number } => d.args[i] ?? { mode: AS_IS, value: 0 };
  return {
    run: has ? d.primitive.run : nop,
    primitive: d.primitive,
    am: arg(0).mode,
    a: arg(0).value,
    bm: arg(1).mode,
    b: arg(1).value,
    cm: arg(2).mode,
    c: arg(2).value,
    dm: arg(3).mode,
    d: arg(3).value,
    next: has ? d.next : d.skip,
    otherwise: has ? d.otherwise : d.skip,
    visible: d.primitive.visible,
    idle: !has,
    info: d.info,
  };
}
