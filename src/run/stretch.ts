import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import type { Code } from '../program/lower.js';
import type { Case, Segment } from '../scenario/case.js';

/** A segment in numbers: the point is an instruction, 0 for the end of the operation. */
export interface Stretch {
  readonly thread: number;
  readonly operation: number;
  readonly pc: number;
  readonly occurrence: number;
}

/** `a do_wp_page:9 PageKsm` without the numbers, for a case that was found on other models. */
const namesOf = (path: string): string => path.replaceAll(/:\d+(\+\d*)?/g, '');

/** Finds instructions by their program operation and path, for the code of one pair of models. */
export class Points {
  private made: ReadonlyMap<string, number> | undefined;
  /** The same without the numbers of the steps, which depend on both models: the first that fits. Made when needed. */
  private byNames: ReadonlyMap<string, number> | undefined;

  constructor(private readonly code: Code) {}

  /** Instructions by program operation and path; made when it is needed, as cases of a campaign have no path. */
  private get pcs(): ReadonlyMap<string, number> {
    if (this.made !== undefined) return this.made;
    const { code } = this;
    const pcs = new Map<string, number>();
    for (let pc = 0; pc < code.length; pc++) {
      if (!code.visible(pc)) continue;
      const { program, path } = code.info(pc);
      const key = `${program} ${path}`;
      if (!pcs.has(key)) pcs.set(key, pc);
    }
    return (this.made = pcs);
  }

  private find(key: string): number | undefined {
    const exact = this.pcs.get(key);
    if (exact !== undefined) return exact;
    this.byNames ??= new Map([...this.pcs].reverse().map(([other, pc]) => [namesOf(other), pc]));
    return this.byNames.get(namesOf(key));
  }

  /** Paths of the visible steps of a program operation, in the order of the text. */
  paths(program: string): readonly string[] {
    return [...this.pcs.keys()]
      .filter((k) => k.startsWith(`${program} `))
      .map((k) => k.slice(program.length + 1));
  }

  toSegment(s: Stretch): Segment {
    const path = s.pc === 0 ? '' : this.code.info(s.pc).path;
    return { thread: s.thread, operation: s.operation, path, occurrence: s.occurrence };
  }

  /** Instruction of a point, 0 when these models have no such step (the operation's end stands for it). */
  toStretch(c: Case, s: Segment): Stretch {
    const call = c.threads[s.thread]?.operations[s.operation];
    const pc = call === undefined || s.path === '' ? 0 : (this.find(`${call.name} ${s.path}`) ?? 0);
    return { thread: s.thread, operation: s.operation, pc, occurrence: s.occurrence };
  }

  /** Refuses a case whose schedule names steps that no model of this lab has. */
  check(c: Case): void {
    c.schedule.forEach((s, i) => {
      const call = c.threads[s.thread]?.operations[s.operation];
      if (s.path === '' || call === undefined || this.find(`${call.name} ${s.path}`) !== undefined) return;
      const known = [...this.pcs.keys()]
        .filter((k) => k.startsWith(`${call.name} `))
        .map((k) => k.slice(call.name.length + 1));
      throw new BadInput(
        `schedule[${i}].path: ${call.name} has no step "${s.path}" in these models.${didYouMean(s.path, known)}`,
      );
    });
  }
}
