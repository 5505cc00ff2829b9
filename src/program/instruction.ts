import { DONE, type Primitive } from './primitive.js';
import type { Mask } from './union.js';

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
  readonly slot?: string | undefined;
  readonly text: string;
  readonly cFunction: string;
  /** Put there by an edit. */
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

/** An argument with its mode: AS_IS, READ or INDEX. */
export interface Operand {
  readonly mode: number;
  readonly value: number;
}

/** An instruction for all models at once, before each gets its own. */
export class Draft {
  next: number;
  otherwise: number;
  /** Where a model goes that does not have this instruction. */
  skip: number;

  constructor(
    place: number,
    readonly primitive: Primitive,
    readonly args: readonly Operand[],
    /** The models that have it. */
    readonly mask: Mask,
    readonly info: StepInfo,
  ) {
    this.next = this.otherwise = this.skip = place + 1;
  }
}

/** The instructions of all program operations in one row; each goes on to the one after it unless told otherwise. */
export class Drafts {
  private readonly row: Draft[] = [];

  /** Place of the next instruction. */
  get end(): number {
    return this.row.length;
  }

  /** Adds an instruction; its place. */
  emit(primitive: Primitive, args: readonly Operand[], mask: Mask, info: StepInfo): number {
    const at = this.row.length;
    this.row.push(new Draft(at, primitive, args, mask, info));
    return at;
  }

  at(place: number): Draft {
    return this.row[place];
  }

  /** Makes the instruction at `place` a jump to `target` in every model. */
  jump(place: number, target: number): void {
    const draft = this.at(place);
    draft.next = draft.otherwise = draft.skip = target;
  }

  /** A model that lacks the instructions of [from, to] goes on behind all that is there by now. */
  skipTo(from: number, to: number): void {
    for (let i = from; i <= to; i++) this.at(i).skip = this.end;
  }

  get all(): readonly Draft[] {
    return this.row;
  }
}

export const nop = (): number => DONE;

const NONE: Operand = { mode: AS_IS, value: 0 };

/** The instruction of one model; a step that the model lacks stays as a place where nothing happens. */
export function instructionOf(d: Draft, bit: Mask): Instruction {
  const has = (d.mask & bit) !== 0;
  const [a = NONE, b = NONE, c = NONE, e = NONE] = d.args;
  return {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- primitives do not use `this`
    run: has ? d.primitive.run : nop,
    primitive: d.primitive,
    am: a.mode,
    a: a.value,
    bm: b.mode,
    b: b.value,
    cm: c.mode,
    c: c.value,
    dm: e.mode,
    d: e.value,
    next: has ? d.next : d.skip,
    otherwise: has ? d.otherwise : d.skip,
    visible: d.primitive.visible,
    idle: !has,
    info: d.info,
  };
}
