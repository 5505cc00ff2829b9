import { hashHex } from '../base/hash.js';
import { start } from '../machine/execute.js';
import { type Layout, THREAD } from '../machine/layout.js';
import { Machine } from '../machine/machine.js';
import { nobody } from '../machine/observer.js';
import type { Code } from '../program/lower.js';
import type { Callable } from '../program/callable.js';
import { LogicalMemory } from '../oracle/logical-memory.js';
import type { Oracle } from '../oracle/oracle.js';
import type { Case } from '../scenario/case.js';
import type { Scheduler } from '../schedule/scheduler.js';
import { drive, BUDGET, STEP_BUDGET, STUCK, unfinished } from './drive.js';
import { repeats } from './progress.js';
import type { RunOutcome } from './finding.js';
import { Recorder } from './recorder.js';
import { Worlds } from './worlds.js';
import { describeResults, finalMemory } from './results.js';

/** One run that has ended, still in the machine's words. */
export interface Ended {
  readonly machine: Machine;
  readonly memory: LogicalMemory;
  readonly inconclusive: boolean;
}

const NOWHERE = new Uint8Array(0);

/** Runs cases on one model. One machine a geometry is kept: a run that has ended is read before the next one begins. */
export class Workbench {
  private readonly machines = new Map<Layout, Machine>();
  private expectedSteps = 0;
  private readonly logical: LogicalMemory;
  readonly recorder: Recorder;

  constructor(
    readonly code: Code,
    callables: ReadonlyMap<string, Callable>,
    oracles: readonly Oracle[],
    /** 1 for each instruction that only one of two models has, for schedulers that look for those. */
    private readonly differs: Uint8Array = NOWHERE,
    /** Shared with the bench of the other model. */
    private readonly worlds = new Worlds(callables, code.registers),
  ) {
    this.logical = new LogicalMemory(oracles);
    this.recorder = new Recorder(code.length, STEP_BUDGET);
  }

  get memory(): LogicalMemory {
    return this.logical;
  }

  /** The case's world, with every thread before its first step. */
  prepare(c: Case): Machine {
    const { layout, programs, hardware, expectedSteps } = this.worlds.of(c);
    let m = this.machines.get(layout);
    if (m === undefined) {
      m = new Machine(layout, this.code, programs, hardware);
      this.machines.set(layout, m);
    } else {
      m.programs = programs;
      m.hardware = hardware;
      m.results.fill(0);
    }
    this.expectedSteps = expectedSteps;
    this.worlds.setUp(m);
    this.logical.begin(m);
    // without oracles nobody watches: what is left is the engine alone
    m.observer = this.logical.oracles.length > 0 ? this.logical : nobody;
    start(m);
    return m;
  }

  /** Runs the prepared machine to its end. */
  run(m: Machine, scheduler: Scheduler, recorder: Recorder = this.recorder): Ended {
    recorder.begin();
    const how = drive(m, this.logical, scheduler, recorder, this.expectedSteps, this.differs);
    recorder.ended();
    let inconclusive = false;
    if (how === STUCK) this.deadlock(m);
    else if (how === BUDGET) {
      if (repeats(m)) this.noProgress(m);
      else inconclusive = true;
    } else if (this.logical.violation === undefined) this.logical.end();
    return { machine: m, memory: this.logical, inconclusive };
  }

  private deadlock(m: Machine): void {
    const left = unfinished(m);
    const waiting: string[] = [];
    for (let t = 0; t < m.layout.threads; t++) {
      if ((left & (1 << t)) !== 0) waiting.push(`thread ${t} before ${this.standing(m, t)}`);
    }
    const first = 31 - Math.clz32(left & -left);
    this.logical.fail('deadlock', first, -1, `nobody can go on: ${waiting.join(', ')}`);
  }

  private noProgress(m: Machine): void {
    const left = unfinished(m);
    const first = 31 - Math.clz32(left & -left);
    this.logical.fail(
      'no-progress',
      first,
      -1,
      `a fair round repeats a state; thread ${first} stands before ${this.standing(m, first)}`,
    );
  }

  private standing(m: Machine, t: number): string {
    return m.code.info(m.words[m.layout.threadAt(t) + THREAD.PC]).path;
  }
}

/** The outcome as a value, for people and files. */
export function outcomeOf(ended: Ended): RunOutcome {
  const { machine, memory } = ended;
  return {
    violation: memory.violation,
    latent: memory.latent,
    inconclusive: ended.inconclusive,
    steps: memory.step,
    results: describeResults(machine.results),
    finalMemory: finalMemory(machine).join(' '),
    hash: hashHex(machine.words),
  };
}
