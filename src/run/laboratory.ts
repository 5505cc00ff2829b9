import { hashText } from '../base/hash.js';
import { Prng } from '../base/prng.js';
import { runtime } from '../machine/execute.js';
import { PAGE_WORDS } from '../machine/geometry.js';
import { THREAD } from '../machine/layout.js';
import type { Callable } from '../program/callable.js';
import { differing } from '../program/differing.js';
import { lower, type Code } from '../program/lower.js';
import type { Model } from '../program/model.js';
import { checkEdits } from '../program/union.js';
import { ORACLES } from '../oracle/oracles.js';
import type { Oracle } from '../oracle/oracle.js';
import type { Case, Segment } from '../scenario/case.js';
import type { Scheduler } from '../schedule/scheduler.js';
import { compare, type Compared, type Shown } from './compare.js';
import { CoverageMeter } from './coverage.js';
import type { Finding, HitRates, RunOutcome } from './finding.js';
import type { Lab, Side, Tally, Trace } from './lab.js';
import { orderingOf, type Access, type Ordering } from './ordering.js';
import { Replay } from './replay.js';
import { searcher } from './searcher.js';
import { show } from './show.js';
import { TimingSearch } from './timing-search.js';
import { Points, type Stretch } from './stretch.js';
import { Tracer } from './tracer.js';
import { operationsIn } from '../program/operations-in.js';
import { outcomeOf, Workbench } from './workbench.js';
import { Worlds } from './worlds.js';

/** Two models laid out together, over a register of program operations. */
export class Laboratory implements Lab {
  private readonly benches: Readonly<Record<Side, Workbench>>;
  private readonly points: Points;
  private readonly meter: CoverageMeter;
  private readonly timing: TimingSearch;

  constructor(
    readonly callables: readonly Callable[],
    readonly candidate: Model,
    readonly reference: Model,
    oracles: readonly Oracle[] = ORACLES,
    /** Models whose steps schedules may name as well. */
    beside: readonly Model[] = [],
  ) {
    const programs = callables.map((c) => c.operation);
    for (const model of [candidate, reference, ...beside]) checkEdits(operationsIn(programs), model);
    const [a, b] = lower(programs, [candidate, reference, ...beside], runtime) as [Code, Code];
    const differs = differing(a, b);
    const byName = new Map(callables.map((c) => [c.operation.name, c]));
    const worlds = new Worlds(byName, a.registers);
    this.benches = {
      candidate: new Workbench(a, byName, oracles, differs, worlds),
      reference: new Workbench(b, byName, oracles, differs, worlds),
    };
    this.points = new Points(a);
    this.timing = new TimingSearch(this.benches.candidate, this.benches.reference, (c) => this.stretches(c));
    this.meter = new CoverageMeter(a, this.benches.candidate, oracles, this.benches.reference, differs);
  }

  /** Where cases run on one of the models. */
  bench(side: Side): Workbench {
    return this.benches[side];
  }

  schedule(
    c: Case,
    scheduler: Scheduler,
    side: Side = 'candidate',
  ): { outcome: RunOutcome; schedule: readonly Segment[] } {
    const { shown, stretches } = this.record(c, scheduler, side);
    return { outcome: shown.outcome(), schedule: stretches.map((s) => this.points.toSegment(s)) };
  }

  replay(c: Case, side: Side): RunOutcome {
    this.points.check(c);
    return this.follow(c, side, this.stretches(c)).outcome();
  }

  trace(c: Case, side: Side): Trace {
    this.points.check(c);
    const bench = this.benches[side];
    const m = bench.prepare(c);
    const tracer = new Tracer(m, bench.recorder.hits.length);
    const ended = bench.run(m, new Replay(m, this.stretches(c)), tracer);
    return { outcome: outcomeOf(ended), steps: tracer.steps, layout: m.layout, start: tracer.start };
  }

  /**
   * One case of a campaign: runs both models under a fresh schedule, which is made while one of them runs. The finding is
   * judged without a search.
   */
  attempt(
    c: Case,
    scheduler: Scheduler,
    leader: Side = 'candidate',
  ): { steps: number; inconclusive: boolean; finding: Finding | undefined } {
    const { shown: led, stretches } = this.record(c, scheduler, leader);
    const follows = this.follow(c, leader === 'candidate' ? 'reference' : 'candidate', stretches);
    this.meter.note();
    const [a, b] = leader === 'candidate' ? [led, follows] : [follows, led];
    const inconclusive = a.inconclusive || b.inconclusive;
    const compared = inconclusive ? undefined : compare(a, b);
    if (compared === undefined) return { steps: a.steps, inconclusive, finding: undefined };
    const scheduled = { ...c, schedule: stretches.map((s) => this.points.toSegment(s)) };
    return { steps: a.steps, inconclusive, finding: this.decide(scheduled, compared, 0) };
  }

  judge(c: Case, search: number): Finding | undefined {
    this.points.check(c);
    const stretches = this.stretches(c);
    const a = this.follow(c, 'candidate', stretches);
    const b = this.follow(c, 'reference', stretches);
    if (a.inconclusive || b.inconclusive) return undefined;
    const compared = compare(a, b);
    return compared === undefined ? undefined : this.decide(c, compared, search);
  }

  /**
   * Those of the steps that the candidate runs under this schedule, and of those that it lacks which the reference runs;
   * names as coverage has them.
   */
  reached(
    c: Case,
    scheduler: Scheduler,
    steps: ReadonlySet<string>,
    lacking: ReadonlySet<string>,
  ): ReadonlySet<string> {
    const out = new Set<string>();
    const { stretches } = this.record(c, scheduler, 'candidate');
    this.addRun('candidate', steps, out);
    if (lacking.size > 0) {
      this.follow(c, 'reference', stretches);
      this.addRun('reference', lacking, out);
    }
    return out;
  }

  /** What the last run on that side had of the steps. */
  private addRun(side: Side, steps: ReadonlySet<string>, out: Set<string>): void {
    const { code, recorder } = this.benches[side];
    for (let i = 0; i < recorder.length; i++) {
      const { program, path } = code.info(recorder.pcs[i]);
      const name = `${program} ${path}`;
      if (steps.has(name)) out.add(name);
    }
  }

  /** Paths of the visible steps of a program operation: the points that schedules name. */
  paths(program: string): readonly string[] {
    return this.points.paths(program);
  }

  /** The visible steps of the programs on the candidate; a step's number in tallies is its place here. */
  get stepNames(): readonly string[] {
    return this.meter.stepNames;
  }

  /** What the attempts since the last reset reached. */
  tally(): Tally {
    return this.meter.tally();
  }

  /** How often the notification of a slot ran on the candidate since the last reset; a muted one where it would have. */
  slotHits(site: string, slot: string): number {
    return this.meter.slotHits(site, slot);
  }

  resetCoverage(): void {
    this.meter.reset();
  }

  private stretches(c: Case): Stretch[] {
    return c.schedule.map((s) => this.points.toStretch(c, s));
  }

  private record(c: Case, scheduler: Scheduler, side: Side): { shown: Shown; stretches: Stretch[] } {
    const bench = this.benches[side];
    const m = bench.prepare(c);
    const ended = bench.run(m, scheduler);
    return { shown: show(ended), stretches: bench.recorder.segments(m) };
  }

  private follow(c: Case, side: Side, stretches: readonly Stretch[]): Shown {
    const bench = this.benches[side];
    const m = bench.prepare(c);
    const ended = bench.run(m, new Replay(m, stretches));
    return show(ended);
  }

  /** What the accesses of the case's run on one model saw. */
  ordering(c: Case, side: Side): Ordering {
    const bench = this.benches[side];
    const m = bench.prepare(c);
    const accesses: Access[] = [];
    bench.memory.log = (thread, kind, object, word, value) => {
      const operation = m.words[m.layout.threadAt(thread) + THREAD.OP];
      accesses.push({ thread, operation, kind, location: object * PAGE_WORDS + word, value });
    };
    bench.run(m, new Replay(m, this.stretches(c)));
    bench.memory.log = undefined;
    return orderingOf(accesses);
  }

  /** Searches other schedules before the verdict is given. Undefined: timing only. */
  private decide(c: Case, compared: Compared, search: number): Finding | undefined {
    const finding = (cls: Finding['class'], rates: HitRates, searched: number): Finding => ({
      class: cls,
      violation: compared.violation,
      case: c,
      candidate: this.candidate.name,
      reference: this.reference.name,
      searched,
      rates,
      ordering:
        search > 0 && ORDERED.has(compared.violation.kind)
          ? this.ordering(c, cls === 'reference-only' ? 'reference' : 'candidate')
          : undefined,
    });
    if (compared.class === 'latent-entry')
      return finding('latent-entry', { schedules: 1, candidate: 1, reference: 0 }, 0);
    if (compared.class === 'divergence') {
      return !this.timing.finds(c, Math.max(search, 20), (shown) => compared.sameResults(shown))
        ? finding('divergence', { schedules: 1, candidate: 1, reference: 0 }, Math.max(search, 20))
        : undefined;
    }
    const both = compared.class === 'both';
    const rates = this.rates(c, compared, search);
    const found = (compared.class === 'candidate-only' ? rates.reference : rates.candidate) > 0;
    return finding(both || found ? 'both' : compared.class, rates, rates.schedules);
  }

  /** Runs other schedules of the same programs on both models and counts the verdict on each. */
  private rates(c: Case, compared: Compared, search: number): HitRates {
    const prng = new Prng(`search ${hashText(JSON.stringify({ ...c, schedule: [] }))}`);
    const aligned = {
      candidate: compared.class === 'reference-only' ? 0 : 1,
      reference: compared.class === 'candidate-only' ? 0 : 1,
    };
    let { candidate, reference } = aligned;
    for (let i = 0; i < search; i++) {
      const scheduler = searcher(prng, i);
      const { shown, stretches } = this.record(c, scheduler, i % 2 === 0 ? 'candidate' : 'reference');
      const other = this.follow(c, i % 2 === 0 ? 'reference' : 'candidate', stretches);
      const [a, b] = i % 2 === 0 ? [shown, other] : [other, shown];
      if (sameVerdict(a, compared)) candidate++;
      if (sameVerdict(b, compared)) reference++;
    }
    return { schedules: search + 1, candidate, reference };
  }
}

/** Verdicts that a memory model has a word about. */
const ORDERED: ReadonlySet<string> = new Set(['stale-read', 'lost-write']);

function sameVerdict(shown: Shown, compared: Compared): boolean {
  const v = shown.violation;
  const want = compared.violation;
  return v !== undefined && v.kind === want.kind && v.addr === want.addr && v.agent === want.agent;
}
