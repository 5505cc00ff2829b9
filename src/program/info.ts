import type { StepInfo } from './instruction.js';

/** Where an instruction comes from. Its path is put together when it is asked for: of most, nobody asks. */
export class Info implements StepInfo {
  private whole: string | undefined;

  constructor(
    /** The paths of the calls around it. */
    private readonly prefix: string,
    private readonly number: string,
    private readonly suffix: string,
    readonly operation: string,
    readonly program: string,
    readonly site: string,
    readonly slot: string | undefined,
    readonly text: string,
    readonly cFunction: string,
    readonly inserted: boolean,
  ) {}

  get path(): string {
    return (this.whole ??= `${this.prefix}${this.operation}:${this.number} ${this.suffix}`);
  }
}
