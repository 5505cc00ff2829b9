import { assert } from '../base/assert.js';
import { Prng } from '../base/prng.js';
import type { Finding } from '../run/finding.js';
import type { Coverage, Lab } from '../run/lab.js';
import type { Case } from '../scenario/case.js';
import type { Scheduler } from '../schedule/scheduler.js';
import type { Strategy } from '../schedule/strategies.js';
import { shrink } from '../shrink/shrinker.js';
import type { Job, ModelData, Rendered, Shrunk, Tried } from './job.js';
import { stoppable, Stopped } from './stoppable-lab.js';
import { traceTwice } from './trace-hash.js';

/** A lab as campaigns need it: it runs case after case, and counts what its runs reach. */
export interface CountingLab extends Lab {
  /** Runs the programs of the case on both models under a fresh schedule; judged without a search. */
  attempt(c: Case, scheduler: Scheduler): Tried;
  /** How many different things were reached since the last reset: cheap. */
  reached(): number;
  /** What was reached since the last reset. */
  coverage(): Coverage;
  resetCoverage(): void;
}

export interface LabJobParts {
  readonly lab: CountingLab;
  readonly candidate: ModelData;
  readonly reference: ModelData;
  readonly generate: (prng: Prng) => Case;
  readonly strategy: Strategy;
  readonly search: number;
  /** The trace as a table and the paragraph of a finding. */
  readonly texts: (finding: Finding) => { trace: string; readme: string };
}

/** The job of a campaign over a real lab. */
export class LabJob implements Job {
  readonly lab: CountingLab;
  readonly candidate: ModelData;
  readonly reference: ModelData;

  constructor(private readonly parts: LabJobParts) {
    this.lab = parts.lab;
    this.candidate = parts.candidate;
    this.reference = parts.reference;
  }

  draw(seed: string): Case {
    const prng = new Prng(seed);
    const drawn = this.parts.generate(prng);
    return { ...drawn, schedule: this.lab.schedule(drawn, this.parts.strategy.make(prng)).schedule };
  }

  tryCase(seed: string): Tried {
    const prng = new Prng(seed);
    return this.lab.attempt(this.parts.generate(prng), this.parts.strategy.make(prng));
  }

  confirm(finding: Finding): Finding | undefined {
    return this.lab.judge(finding.case, this.parts.search);
  }

  shrink(finding: Finding, tries: number, stopped: () => boolean): Shrunk {
    let best = finding;
    const { lab, runs } = stoppable(this.lab, stopped);
    const onBetter = (better: Finding): void => void (best = better);
    try {
      const result = shrink(finding, lab, { tries, search: this.parts.search, onBetter });
      return { ...result, stopped: false };
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      return { finding: best, tried: runs(), capped: false, minimal: false, stopped: true };
    }
  }

  render(finding: Finding): Rendered {
    const { hashes, differs } = traceTwice(this.lab, finding.case);
    assert(
      differs === undefined,
      `two runs of one case differ on the ${differs?.side} at step ${differs?.step}`,
    );
    return { ...this.parts.texts(finding), traceHash: hashes };
  }

  reached(): number {
    return this.lab.reached();
  }

  coverage(): Coverage {
    return this.lab.coverage();
  }

  resetCoverage(): void {
    this.lab.resetCoverage();
  }
}
