import { instructionOf, type Draft, type Instruction, type StepInfo } from './instruction.js';
import type { Model } from './model.js';
import { HEAD, type Packed } from './packed.js';
import type { Mask } from './union.js';

/** The lowered form of one model: one row of instructions for all program operations. */
export class Code {
  /** The bit of the model in the heads of packed instructions. */
  readonly bit: number;
  private made: readonly Instruction[] | undefined;

  constructor(
    readonly model: Model,
    readonly packed: Packed,
    readonly entry: ReadonlyMap<string, number>,
    /** Registers that the widest program operation needs. */
    readonly registers: number,
    private readonly row: readonly Draft[],
    private readonly mask: Mask,
  ) {
    this.bit = mask * HEAD.MODEL;
  }

  get length(): number {
    return this.row.length;
  }

  info(pc: number): StepInfo {
    return this.row[pc].info;
  }

  visible(pc: number): boolean {
    return this.row[pc].primitive.visible;
  }

  /** In this model nothing happens here; the step keeps its place for the other model's sake. */
  idle(pc: number): boolean {
    return (this.row[pc].mask & this.mask) === 0;
  }

  /** Instruction by instruction with its fields, for checks and people; made when it is first asked for. */
  get instructions(): readonly Instruction[] {
    return (this.made ??= this.row.map((draft) => instructionOf(draft, this.mask)));
  }
}
