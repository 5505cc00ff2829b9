import { assert } from '../base/assert.js';
import { OperationText, type Shared } from './operation-text.js';
import { Code } from './code.js';
import { Drafts, READ, type Operand, type Runtime, type StepInfo } from './instruction.js';
import type { Model } from './model.js';
import { pack } from './packed.js';
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

/** Lays out the program operations once for all `models` (two at most) and gives each its code. */
export function lower(
  programs: readonly Operation[],
  models: readonly Model[],
  runtime: Runtime,
): readonly Code[] {
  assert(models.length > 0 && models.length <= 8, 'lower: between one and eight models');
  const unions = new Map<Operation, Union>();
  const shared: Shared = {
    drafts: new Drafts(),
    runtime,
    all: (1 << models.length) - 1,
    union: (op) => {
      let u = unions.get(op);
      if (u === undefined) unions.set(op, (u = unionOf(op, models)));
      return u;
    },
    program: '',
    window: { top: 0, widest: 0 },
  };
  shared.drafts.emit({ primitive: runtime.idle, args: [], mask: shared.all, info: nowhere });

  const entry = new Map<string, number>();
  for (const program of programs) {
    entry.set(program.name, shared.drafts.end);
    layOut(program, shared);
  }
  const row = shared.drafts.all;
  const packed = pack(row, shared.all, runtime);
  return models.map((model, i) => new Code(model, packed, entry, shared.window.widest, row, 1 << i));
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
  shared.drafts.emit({
    primitive: shared.runtime.ret,
    args: [],
    mask: shared.all,
    info: {
      ...nowhere,
      path: `${program.name}:return`,
      operation: program.name,
      program: program.name,
      text: 'return',
    },
  });
}
