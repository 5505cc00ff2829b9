import { assert } from '../base/assert.js';
import { Prng } from '../base/prng.js';
import type { Explored, Wanted } from '../explore/explored.js';
import { explore } from '../explore/explorer.js';
import { signatureOf, type Finding } from '../run/finding.js';
import type { Lab, Side, Tally } from '../run/lab.js';
import type { Workbench } from '../run/workbench.js';
import type { Case } from '../scenario/case.js';
import type { Scheduler } from '../schedule/scheduler.js';
import type { Strategy } from '../schedule/strategies.js';
import { shrink } from '../shrink/shrinker.js';
import type { Job, ModelData, Rendered, Shrunk, Tried } from './job.js';
import { stoppable, Stopped } from './stoppable-lab.js';
import { innermost, StepSites } from './step-sites.js';
import { traceTwice } from './trace-hash.js';

/** Schedules of the reference that are tried for each smaller case; the smallest gets the whole search. */
const QUICK_SEARCH = 16;

/** Schedules of each kind that are tried once for a divergence, before it is shrunk: most are timings that are hard to meet. */
const DEEP_SEARCH = 20_000;

/** A lab as campaigns need it: it runs case after case, and counts what its runs reach. */
export interface CountingLab extends Lab {
  /** Runs the programs of the case on both models under a fresh schedule; judged without a search. */
  attempt(c: Case, scheduler: Scheduler, leader?: Side): Tried;
  readonly stepNames: readonly string[];
  /** What attempts reached since the last reset. */
  tally(): Tally;
  resetCoverage(): void;
  /** Where cases run on one of the models. */
  bench(side: Side): Workbench;
}

export interface LabJobParts {
  readonly lab: CountingLab;
  readonly candidate: ModelData;
  readonly reference: ModelData;
  readonly generate: (prng: Prng, variants: readonly Prng[]) => Case;
  readonly strategy: Strategy;
  /** The share of cases whose schedule is made while the reference runs. */
  readonly referenceLeads: number;
  readonly search: number;
  /** The program operations that cases draw from. */
  readonly programs: ReadonlySet<string>;
  /** The trace as a table and the paragraph of a finding. */
  readonly texts: (finding: Finding) => { trace: string; readme: string };
}

/** The job of a campaign over a real lab. */
export class LabJob implements Job {
  readonly lab: CountingLab;
  readonly candidate: ModelData;
  readonly reference: ModelData;
  private sites: StepSites | undefined;

  constructor(private readonly parts: LabJobParts) {
    this.lab = parts.lab;
    this.candidate = parts.candidate;
    this.reference = parts.reference;
  }

  get stepNames(): readonly string[] {
    return this.lab.stepNames;
  }

  draw(seeds: readonly string[]): Case {
    const { drawn, scheduler } = this.drawn(seeds);
    return { ...drawn, schedule: this.lab.schedule(drawn, scheduler, this.leader(seeds)).schedule };
  }

  /** The model that runs while the schedule is made: a thread is held in a window only where its model has it. */
  private leader(seeds: readonly string[]): Side {
    const { referenceLeads } = this.parts;
    if (referenceLeads === 0) return 'candidate';
    return new Prng(`${seeds[seeds.length - 1]}/leader`).chance(referenceLeads) ? 'reference' : 'candidate';
  }

  tryCase(seeds: readonly string[]): Tried {
    const { drawn, scheduler } = this.drawn(seeds);
    return this.lab.attempt(drawn, scheduler, this.leader(seeds));
  }

  private drawn(seeds: readonly string[]): { drawn: Case; scheduler: Scheduler } {
    const prngs = seeds.map((seed) => new Prng(seed));
    const drawn = this.parts.generate(prngs[0], prngs.slice(1));
    return { drawn, scheduler: this.parts.strategy.make(prngs[prngs.length - 1]) };
  }

  confirm(finding: Finding): Finding | undefined {
    const search = finding.class === 'divergence' ? DEEP_SEARCH : 0;
    return this.lab.judge(finding.case, Math.max(search, this.parts.search));
  }

  shrink(finding: Finding, tries: number, stopped: () => boolean): Shrunk {
    const quick = this.shrinkBy(finding, tries, Math.min(QUICK_SEARCH, this.parts.search), stopped);
    // The short search may have let a case pass that the reference breaks too, on a schedule that it did not try; or it
    // may not have found on the reference what makes this finding one of both.
    const moved = quick.finding !== finding || quick.minimal || quick.stopped;
    const final = moved ? this.same(quick.finding, finding) : undefined;
    if (final !== undefined) return { ...quick, finding: final };
    const rest = Math.max(0, tries - quick.tried);
    const slow = this.shrinkBy(finding, rest, this.parts.search, () => quick.stopped || stopped());
    return { ...slow, tried: quick.tried + slow.tried };
  }

  /** The case judged with the whole search, if it still is that finding. */
  private same(smaller: Finding, finding: Finding): Finding | undefined {
    const judged = this.lab.judge(smaller.case, this.parts.search);
    return judged !== undefined && signatureOf(judged) === signatureOf(finding) ? judged : undefined;
  }

  private shrinkBy(finding: Finding, tries: number, search: number, stopped: () => boolean): Shrunk {
    let best = finding;
    const { lab, runs } = stoppable(this.lab, stopped);
    const onBetter = (better: Finding): void => void (best = better);
    try {
      return { ...shrink(finding, lab, { tries, search, onBetter }), stopped: false };
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      return { finding: best, tried: runs(), capped: false, minimal: false, stopped: true };
    }
  }

  explore(c: Case, side: Side, wanted: Wanted): Explored {
    return explore(this.lab.bench(side), c, wanted);
  }

  render(finding: Finding): Rendered {
    const { hashes, differs } = traceTwice(this.lab, finding.case);
    assert(
      differs === undefined,
      `two runs of one case differ on the ${differs?.side} at step ${differs?.step}`,
    );
    return { ...this.parts.texts(finding), traceHash: hashes };
  }

  tally(): Tally {
    return this.lab.tally();
  }

  sitesIn(steps: Iterable<string>): number {
    this.sites ??= new StepSites(this.lab.callables);
    return this.sites.count(steps);
  }

  unreached(steps: Iterable<string>): readonly string[] {
    const reached = new Set([...steps].map(innermost));
    const all = new Set<string>();
    for (const { visible, idle, info } of this.lab.bench('candidate').code.instructions)
      if (visible && !idle && this.parts.programs.has(info.program)) all.add(innermost(info.path));
    return [...all].filter((step) => !reached.has(step)).sort();
  }

  resetCoverage(): void {
    this.lab.resetCoverage();
  }
}
