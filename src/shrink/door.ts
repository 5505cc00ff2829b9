import type { Finding, Violation } from '../run/finding.js';
import { signatureOf } from '../run/finding.js';
import type { Lab, Side } from '../run/lab.js';
import type { Case } from '../scenario/case.js';
import { isWellFormed } from '../scenario/check-case.js';
import type { Scheduler } from '../schedule/scheduler.js';
import type { ArgKinds } from './addresses.js';
import { operationsOf } from './operations.js';
import { compareCases } from './order.js';

export interface DoorOptions {
  /** Runs of candidates after which every further one is refused. */
  readonly tries: number;
  /** Schedules of the reference that are searched before anything is called candidate-only. */
  readonly search: number;
  readonly onBetter?: (f: Finding) => void;
}

/**
 * The one door through which every candidate goes. It runs it, keeps the best, counts, and remembers what each text
 * showed, so that a pass may offer again what another has offered. Stopping at any time leaves the best so far.
 */
export class Door {
  /** The smallest finding so far; always one that was judged, never an empty case. */
  best: Finding;
  /** Runs of candidates so far, also under other schedules. */
  tried = 0;
  /** A candidate was refused because the tries were used up: whatever follows is not known. */
  capped = false;
  readonly kinds: ArgKinds;
  readonly callables: Lab['callables'];
  /** Programs whose other schedules were searched already, by text. */
  readonly searched = new Set<string>();
  /** Programs whose schedules of few segments were searched already, by text. */
  readonly compacted = new Set<string>();
  private readonly wanted: string;
  private readonly seen = new Map<string, boolean>();

  constructor(
    private readonly lab: Lab,
    private readonly start: Finding,
    private readonly options: DoorOptions,
  ) {
    this.best = start;
    this.wanted = signatureOf(start);
    const args = new Map(lab.callables.map((c) => [c.operation.name, c.args]));
    this.callables = lab.callables;
    this.kinds = (name) => args.get(name) ?? [];
  }

  /** Tries left. */
  get left(): number {
    return this.options.tries - this.tried;
  }

  /** Judges `c` and takes it as the best if it shows the same finding and is smaller. True when it was taken. */
  offer(c: Case): boolean {
    return compareCases(c, this.best.case) < 0 && this.shows(c);
  }

  /** True when `c` shows the same finding, smaller or not; it becomes the best if it is smaller. */
  shows(c: Case): boolean {
    return this.answer(c) === true;
  }

  /**
   * What {@link shows} says, undefined when the tries are used up and nobody has asked before. What is no case (a page
   * shared with nobody, no frame left for a page) shows nothing, and needs no run to say so.
   */
  answer(c: Case): boolean | undefined {
    if (operationsOf(c).length === 0) return false;
    const text = JSON.stringify(c);
    const known = this.seen.get(text);
    if (known !== undefined) return known;
    if (!isWellFormed(c, this.callables)) {
      this.seen.set(text, false);
      return false;
    }
    if (!this.spend()) return undefined;
    const found = this.glimpsed(c) ? this.lab.judge(c, this.options.search) : undefined;
    const same = found !== undefined && signatureOf(found) === this.wanted;
    this.seen.set(text, same);
    if (same && compareCases(c, this.best.case) < 0) {
      this.best = { ...found, case: c };
      this.options.onBetter?.(this.best);
    }
    return same;
  }

  /**
   * Runs the programs of `c` under another schedule. The case with the schedule that ran if it went wrong in the same
   * way, to be offered; undefined if not.
   */
  rescheduled(c: Case, scheduler: Scheduler): Case | undefined {
    if (!isWellFormed(c, this.callables) || !this.spend()) return undefined;
    const { outcome, schedule } = this.lab.schedule(c, scheduler, this.side());
    return this.looksRight(outcome.violation) ? { ...c, schedule } : undefined;
  }

  private spend(): boolean {
    if (this.tried >= this.options.tries) {
      this.capped = true;
      return false;
    }
    this.tried++;
    return true;
  }

  /** Which model the verdict was on. */
  private side(): Side {
    return this.start.class === 'reference-only' ? 'reference' : 'candidate';
  }

  /** One run of one model, since most candidates show nothing and a full judgement searches the reference. */
  private glimpsed(c: Case): boolean {
    if (this.fromResults()) return true;
    return this.looksRight(this.lab.replay(c, this.side()).violation);
  }

  /** Findings that no single run shows as a violation. */
  private fromResults(): boolean {
    return this.start.class === 'divergence' || this.start.class === 'latent-entry';
  }

  private looksRight(v: Violation | undefined): boolean {
    if (this.fromResults()) return v === undefined;
    const w = this.start.violation;
    return v !== undefined && v.kind === w.kind && v.site === w.site && v.agent === w.agent;
  }
}
