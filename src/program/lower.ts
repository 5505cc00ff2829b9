import { assert } from '../base/assert.js';
import { OperationText, type Shared } from './operation-text.js';
import { Code } from './code.js';
import { Drafts, nop, READ, type Draft, type Operand, type Runtime, type StepInfo } from './instruction.js';
import type { Model } from './model.js';
import { pack, type Packed } from './packed.js';
import type { Operation, Register } from './step.js';
import { unionOf, type Union } from './union.js';

export { AS_IS, INDEX, READ } from './instruction.js';
export type { Instruction, Runtime, StepInfo } from './instruction.js';
export { Code } from './code.js';

const nowhere: StepInfo = {
  path: 'idle',
  operation: '',
  program: '',
  site: '',
  text: 'idle',
  cFunction: '',
  inserted: false,
};

/** One layout, before each model gets its code. */
interface Lowered {
  readonly programs: readonly Operation[];
  /** The edits of each model: nothing else of a model decides. */
  readonly edits: readonly Model['edits'][];
  readonly runtime: Runtime;
  readonly row: readonly Draft[];
  readonly packed: Packed;
  readonly entry: ReadonlyMap<string, number>;
  readonly registers: number;
}

/** The last layouts that were made, the newest first: laboratories of the same models are opened again and again. */
const kept: Lowered[] = [];
const KEPT = 3;

/** Lays out the program operations once for all `models` and gives each its code. */
export function lower(
  programs: readonly Operation[],
  models: readonly Model[],
  runtime: Runtime,
): readonly Code[] {
  const edits = models.map((m) => m.edits);
  const had = kept.findIndex(
    (l) => l.runtime === runtime && isSame(l.programs, programs) && isSame(l.edits, edits),
  );
  const lowered = had < 0 ? layOutFor(programs, models, runtime) : kept.splice(had, 1)[0];
  kept.unshift(lowered);
  kept.length = Math.min(kept.length, KEPT);
  const { row, packed, entry, registers } = lowered;
  return models.map((model, i) => new Code(model, packed, entry, registers, row, 1 << i));
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

function layOutFor(programs: readonly Operation[], models: readonly Model[], runtime: Runtime): Lowered {
  assert(models.length > 0 && models.length <= 8, 'lower: between one and eight models');
  const unions = new Map<Operation, Union>();
  const shared: Shared = {
    drafts: new Drafts(),
    runtime,
    jump: { ...runtime.assign, name: 'goto', run: nop },
    all: (1 << models.length) - 1,
    union: (op) => {
      let u = unions.get(op);
      if (u === undefined) unions.set(op, (u = unionOf(op, models)));
      return u;
    },
    program: '',
    window: { top: 0, widest: 0 },
  };
  shared.drafts.emit(runtime.idle, [], shared.all, nowhere);

  const entry = new Map<string, number>();
  for (const program of programs) {
    entry.set(program.name, shared.drafts.end);
    layOut(program, shared);
  }
  const row = shared.drafts.all;
  return {
    programs: [...programs],
    edits: models.map((m) => m.edits),
    runtime,
    row,
    packed: pack(row, shared.all, runtime),
    entry,
    registers: shared.window.widest,
  };
}

/** One program operation: its registers from 0 on, its text, its return. */
function layOut(program: Operation, shared: Shared): void {
  shared.program = program.name;
  shared.window.top = 0;
  const text = new OperationText(shared, program, '');
  const scope = new Map<Register, Operand>();
  for (const r of [...program.takes, ...program.gives, ...program.locals]) {
    scope.set(r, { mode: READ, value: text.takeRegister() });
  }
  text.layOut(scope, shared.all);
  shared.drafts.emit(shared.runtime.ret, [], shared.all, {
    ...nowhere,
    path: `${program.name}:return`,
    operation: program.name,
    program: program.name,
    text: 'return',
  });
}
