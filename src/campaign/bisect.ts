import { BadInput } from '../base/errors.js';
import type { Model } from '../program/model.js';
import type { Finding } from '../run/finding.js';
import type { Lab } from '../run/lab.js';
import type { Case, Segment } from '../scenario/case.js';

/** A kernel in which the finding may be gone, and what it is called. */
export interface Trial<T> {
  readonly of: T;
  /** Only what ran can have ended it; undefined: anything. */
  readonly operations: ReadonlySet<string> | undefined;
  readonly model: () => Model;
}

export interface Bisected<T> {
  /** How often the model itself shows the verdict, of `schedules`. */
  readonly shown: number;
  readonly schedules: number;
  /** Trials in which it never showed, in their order. */
  readonly ends: readonly T[];
  /** Trials that were run, those among them. */
  readonly tried: number;
}

type TrialLab = Pick<Lab, 'judge' | 'trace'> & {
  /** Paths of the visible steps of a program operation, in their order. */
  paths(program: string): readonly string[];
};
type OpenLab = (candidate: Model, reference: Model) => TrialLab;

/** Numbers of steps that edits put in depend on both models; a lab finds a step by its name, too. */
const unnumbered = (path: string): string => path.replace(/:\d+(\+\d*)?/g, ':');

/**
 * Which single differences end a finding: each trial runs its case beside the model that shows it, under its own schedule
 * and `search` others. A difference in an operation that the failing run never enters cannot end it and is not tried; one
 * whose edits do not fit the model is passed over. Models are laid out once for all findings of a bisector.
 */
export class Bisector<T> {
  private readonly labs = new Map<Trial<T>, TrialLab | undefined>();
  private readonly own: TrialLab;
  /** Beside what findings were compared with. */
  private readonly pairs = new Map<Model, TrialLab>();

  constructor(
    private readonly model: Model,
    private readonly trials: readonly Trial<T>[],
    private readonly open: OpenLab,
    private readonly search: number,
  ) {
    this.own = open(model, model);
  }

  /**
   * Undefined if the model does not show the verdict. `beside` is the model that the finding was compared with: its steps may be
   * named by the schedule.
   */
  of(finding: Finding, beside: Model): Bisected<T> | undefined {
    const c = { ...finding.case, schedule: this.known(finding.case, beside) };
    const self = this.own.judge(c, this.search);
    if (self?.violation.kind !== finding.violation.kind) return undefined;
    const ran = this.operationsIn(c);
    const ends: T[] = [];
    let tried = 0;
    for (const trial of this.trials) {
      if (trial.operations !== undefined && ![...trial.operations].some((o) => ran.has(o))) continue;
      const lab = this.lab(trial);
      if (lab === undefined) continue;
      tried++;
      // beside the model that shows it: a kernel without it is the one that repairs something
      const judged = lab.judge(c, this.search);
      if (judged?.class === 'reference-only' && judged.rates.candidate === 0) ends.push(trial.of);
    }
    return { shown: self.rates.candidate, schedules: self.rates.schedules, ends, tried };
  }

  /** The schedule in steps that the model has: a point that it lacks is the next one that it has. */
  private known(c: Case, beside: Model): readonly Segment[] {
    const both = this.pairs.get(beside) ?? this.open(this.model, beside);
    this.pairs.set(beside, both);
    return c.schedule.flatMap((segment) => {
      const { name } = c.threads[segment.thread].operations[segment.operation];
      const own = new Set(this.own.paths(name).map(unnumbered));
      if (segment.path === '' || own.has(unnumbered(segment.path))) return [segment];
      const all = both.paths(name);
      const path = all.slice(all.indexOf(segment.path)).find((p) => own.has(unnumbered(p)));
      return path === undefined ? [] : [{ ...segment, path }];
    });
  }

  private lab(trial: Trial<T>): TrialLab | undefined {
    if (!this.labs.has(trial)) this.labs.set(trial, this.openLab(trial));
    return this.labs.get(trial);
  }

  private openLab(trial: Trial<T>): TrialLab | undefined {
    try {
      return this.open(trial.model(), this.model);
    } catch (error) {
      if (error instanceof BadInput) return undefined;
      throw error;
    }
  }

  /** The operations that the failing run entered. */
  private operationsIn(c: Case): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { path } of this.own.trace(c, 'candidate').steps)
      for (const word of path.split(' ')) if (word.includes(':')) names.add(word.slice(0, word.indexOf(':')));
    return names;
  }
}
