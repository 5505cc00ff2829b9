import { isFailure } from './bucket.js';
import type { CorpusStore } from './corpus-store.js';
import type { Findings } from './findings.js';
import type { Job } from './job.js';
import type { Ledger, Sample } from './ledger.js';
import { lineSeeds, type Emphasis } from './line.js';
import type { Canary, CampaignListener, CampaignResult, CampaignStatus } from './records.js';
import type { BatchTask, ShrinkResult, ShrinkTask } from './task.js';
import type { Workforce } from './workforce.js';

/** What a campaign does and where it ends. */
export interface CampaignPlan {
  readonly seed: string;
  /** Cases to run; Infinity when time alone ends it. */
  readonly cases: number;
  /** Seconds after which no batch begins; Infinity for none. */
  readonly seconds: number;
  /** Candidates of the shrinker for a failure; others get a quarter. */
  readonly shrinkTries: number;
  /** A cap for shrinking one finding, not part of what decides with a number of cases. */
  readonly shrinkSeconds: number;
  /** After the time is up, shrinking goes on for so long. */
  readonly graceSeconds: number;
  readonly batch: number;
  /** Cases of the broken model that may be needed to catch it. */
  readonly canaryCases: number;
}

/** What a campaign works with; the caller opens and closes it. */
export interface CampaignParts {
  readonly workforce: Workforce;
  readonly ledger: Ledger;
  readonly findings: Findings;
  readonly corpus: CorpusStore | undefined;
  /** In this thread, to draw cases for the corpus. */
  readonly job: Job;
  readonly listener: CampaignListener;
}

const CANARY_BATCH = 500;
const STATUS_MS = 500;

interface Waiting {
  readonly number: number;
  readonly sample: Sample;
}

/**
 * Runs cases in batches on a workforce. With a number of cases, what is found and saved is a function of the seed alone:
 * batches are entered in the order of their cases, and shrunk samples in the order in which they were chosen. With a
 * time, failures are shrunk first and saved as they come.
 */
export class Campaign {
  private readonly began = Date.now();
  private lastNew = Date.now();
  private nextCase = 0;
  private batches = 0;
  private shrinks = 0;
  private chosen = 0;
  private entered = 0;
  private draining = false;
  private interrupted = false;
  private readonly queue: Waiting[] = [];
  private readonly done = new Map<number, { sample: Sample; result: ShrinkResult | undefined }>();
  private canary: Canary | undefined;
  private reachedBefore = 0;
  private settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor(
    private readonly plan: CampaignPlan,
    private readonly parts: CampaignParts,
  ) {}

  async run(): Promise<CampaignResult> {
    const timers = [setInterval(() => this.tell(), STATUS_MS)];
    if (this.plan.seconds !== Infinity)
      timers.push(setTimeout(() => this.timeUp(timers), this.plan.seconds * 1000));
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = { resolve, reject };
        void this.runCanary();
        this.pump();
      });
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
    this.parts.findings.count();
    this.keepCases();
    return this.result();
  }

  /** Ctrl-C: nothing new begins; what has been found is written. */
  interrupt(): void {
    this.interrupted = true;
    this.draining = true;
    this.parts.workforce.stop();
    // What is left is confirmed and written as it is; that must not take long.
    const rest = this.queue.filter((w) => isFailure(w.sample.finding.class) && w.sample.first);
    for (const w of this.queue)
      if (!rest.includes(w)) this.done.set(w.number, { sample: w.sample, result: undefined });
    this.queue.splice(0, this.queue.length, ...rest);
    this.enterDone();
    this.pump();
  }

  private timeUp(timers: NodeJS.Timeout[]): void {
    this.draining = true;
    timers.push(setTimeout(() => this.parts.workforce.stop(), this.plan.graceSeconds * 1000));
    this.pump();
  }

  private async runCanary(): Promise<void> {
    try {
      let cases = 0;
      while (cases < this.plan.canaryCases && !this.interrupted) {
        const count = Math.min(CANARY_BATCH, this.plan.canaryCases - cases);
        const { seed } = this.plan;
        const result = await this.parts.workforce.run({ kind: 'canary', seed, from: cases, count });
        cases += result.cases;
        if (result.caught < 0) continue;
        this.canary = { caught: result.caught, cases, what: result.what };
        break;
      }
      this.canary ??= { caught: -1, cases, what: '' };
      this.pump();
    } catch (error) {
      this.settle?.reject(error);
    }
  }

  /** Keeps every worker busy, and ends the campaign when there is nothing left to do. */
  private pump(): void {
    const { workforce } = this.parts;
    while (this.batches + this.shrinks < workforce.size + 1) {
      const emphasis = this.draining ? undefined : this.parts.ledger.emphasisFor(this.nextCase);
      const batchesLeft = emphasis !== undefined && this.nextCase < this.plan.cases;
      const mostShrinks = batchesLeft ? Math.max(1, Math.floor(workforce.size / 2)) : Infinity;
      if (this.queue.length > 0 && this.shrinks < mostShrinks) this.beginShrink(this.takeNext());
      else if (batchesLeft) this.beginBatch(emphasis);
      else break;
    }
    if (this.batches + this.shrinks + this.queue.length === 0 && this.canary !== undefined)
      this.settle?.resolve();
  }

  private takeNext(): Waiting {
    // Results are entered in order then: out of turn nothing would be gained.
    if (this.inOrder()) return this.queue.shift()!;
    const failure = this.queue.findIndex((w) => isFailure(w.sample.finding.class));
    return this.queue.splice(Math.max(failure, 0), 1)[0];
  }

  private inOrder(): boolean {
    return this.plan.cases !== Infinity;
  }

  private beginBatch(emphasis: Emphasis): void {
    const { seed, batch, cases } = this.plan;
    const count = Math.min(batch, cases - this.nextCase);
    const task: BatchTask = { kind: 'batch', seed, from: this.nextCase, count, emphasis };
    this.nextCase += count;
    this.batches++;
    this.parts.workforce
      .run(task)
      .then((result) => {
        this.batches--;
        for (const sample of this.parts.ledger.add(result, task)) this.choose(sample);
        this.enterDone();
        this.pump();
      })
      .catch((error: unknown) => this.settle?.reject(error));
  }

  private choose(sample: Sample): void {
    const number = this.chosen++;
    if (this.interrupted && !(sample.first && isFailure(sample.finding.class)))
      this.done.set(number, { sample, result: undefined });
    else this.queue.push({ number, sample });
  }

  private beginShrink({ number, sample }: Waiting): void {
    const { shrinkTries, shrinkSeconds } = this.plan;
    const tries = isFailure(sample.finding.class) ? shrinkTries : Math.ceil(shrinkTries / 4);
    const task: ShrinkTask = { kind: 'shrink', finding: sample.finding, tries, seconds: shrinkSeconds };
    this.shrinks++;
    this.parts.workforce
      .run(task)
      .then((result) => {
        this.shrinks--;
        this.done.set(number, { sample, result });
        this.enterDone();
        this.pump();
      })
      .catch((error: unknown) => this.settle?.reject(error));
  }

  /** Saves what is shrunk; in the order of choice when the number of workers must not show. */
  private enterDone(): void {
    if (!this.inOrder()) {
      for (const [number, d] of [...this.done].sort(([a], [b]) => a - b)) this.enter(number, d);
      return;
    }
    for (let d = this.done.get(this.entered); d !== undefined; d = this.done.get(this.entered))
      this.enter(this.entered++, d);
  }

  private enter(
    number: number,
    { sample, result }: { sample: Sample; result: ShrinkResult | undefined },
  ): void {
    this.done.delete(number);
    if (result === undefined) this.parts.findings.unconfirmed++;
    else this.parts.findings.enter(sample, result);
  }

  private keepCases(): void {
    const { corpus, ledger, job } = this.parts;
    corpus?.keep(ledger.firsts, (line) => job.draw(lineSeeds(this.plan.seed, line)));
  }

  private tell(): void {
    try {
      this.keepCases();
      this.parts.findings.count();
    } catch (error) {
      this.settle?.reject(error);
    }
    const { ledger, findings, listener } = this.parts;
    const reached = ledger.firsts.size + findings.list().length;
    if (reached > this.reachedBefore) this.lastNew = Date.now();
    this.reachedBefore = reached;
    listener.status(() => this.status());
  }

  private status(): CampaignStatus {
    const { ledger, findings } = this.parts;
    const { steps, pairs } = ledger.coverage;
    return {
      seconds: this.seconds(),
      cases: ledger.cases,
      steps: ledger.microSteps,
      findings: findings.list(),
      shrinking: this.queue.length + this.shrinks,
      sitesReached: this.parts.job.sitesIn(steps.keys()),
      stepsReached: steps.size,
      pairsReached: pairs.size,
      secondsSinceNew: (Date.now() - this.lastNew) / 1000,
      draining: this.draining,
      canaryCaught: (this.canary?.caught ?? -1) >= 0,
    };
  }

  private seconds(): number {
    return (Date.now() - this.began) / 1000;
  }

  private result(): CampaignResult {
    const { ledger, findings, workforce, corpus, job } = this.parts;
    const { coverage } = ledger;
    return {
      seed: this.plan.seed,
      cases: ledger.cases,
      steps: ledger.microSteps,
      inconclusive: ledger.inconclusive,
      seconds: this.seconds(),
      workers: workforce.size,
      findings: findings.list(),
      timingOnly: findings.timingOnly,
      unconfirmed: findings.unconfirmed + this.done.size,
      coverage,
      sitesReached: job.sitesIn(coverage.steps.keys()),
      unreached: job.unreached(coverage.steps.keys()),
      canary: this.canary ?? { caught: -1, cases: 0, what: '' },
      interrupted: this.interrupted,
      kept: corpus?.kept ?? 0,
    };
  }
}
