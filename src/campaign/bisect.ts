import { BadInput } from '../base/errors.js';
import type { Model } from '../program/model.js';
import type { Finding } from '../run/finding.js';
import type { Lab } from '../run/lab.js';

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

type OpenLab = (candidate: Model, reference: Model) => Pick<Lab, 'judge' | 'trace'>;

/**
 * Which single differences end a finding: each trial runs its case beside the model that shows it, under its own schedule
 * and `search` others. A difference in an operation that the failing run never enters cannot end it and is not tried; one
 * whose edits do not fit the model is passed over. Models are laid out once for all findings of a bisector.
 */
export class Bisector<T> {
  private readonly labs = new Map<Trial<T>, ReturnType<OpenLab> | undefined>();
  private readonly own: ReturnType<OpenLab>;

  constructor(
    private readonly model: Model,
    private readonly trials: readonly Trial<T>[],
    private readonly open: OpenLab,
    private readonly search: number,
  ) {
    this.own = open(model, model);
  }

  /** Undefined if the model does not show the verdict, or if it is a difference of two models and none of one. */
  of(finding: Finding): Bisected<T> | undefined {
    const self = this.own.judge(finding.case, this.search);
    if (self?.violation.kind !== finding.violation.kind) return undefined;
    const ran = this.operationsIn(finding);
    const ends: T[] = [];
    let tried = 0;
    for (const trial of this.trials) {
      if (trial.operations !== undefined && ![...trial.operations].some((o) => ran.has(o))) continue;
      const lab = this.lab(trial);
      if (lab === undefined) continue;
      tried++;
      // beside the model that shows it: a kernel without it is the one that repairs something
      const judged = lab.judge(finding.case, this.search);
      if (judged?.class === 'reference-only' && judged.rates.candidate === 0) ends.push(trial.of);
    }
    return { shown: self.rates.candidate, schedules: self.rates.schedules, ends, tried };
  }

  private lab(trial: Trial<T>): ReturnType<OpenLab> | undefined {
    if (!this.labs.has(trial)) this.labs.set(trial, this.openLab(trial));
    return this.labs.get(trial);
  }

  private openLab(trial: Trial<T>): ReturnType<OpenLab> | undefined {
    try {
      return this.open(trial.model(), this.model);
    } catch (error) {
      if (error instanceof BadInput) return undefined;
      throw error;
    }
  }

  /** The operations that the failing run entered. */
  private operationsIn(finding: Finding): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { path } of this.own.trace(finding.case, 'candidate').steps)
      for (const word of path.split(' ')) if (word.includes(':')) names.add(word.slice(0, word.indexOf(':')));
    return names;
  }
}
