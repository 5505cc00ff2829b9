import { CHOICES } from '../../src/kernel/choice.js';
import { Layout } from '../../src/machine/layout.js';
import type { ArgKind, Callable } from '../../src/program/callable.js';
import type { Finding, RunOutcome, Violation } from '../../src/run/finding.js';
import type { Lab } from '../../src/run/lab.js';
import type { Case, Region, Segment, ThreadProgram } from '../../src/scenario/case.js';
import type { Scheduler } from '../../src/schedule/scheduler.js';

/** Operations of the fake kernel, on CPUs and on devices. */
const NAMES = [...'abcdefghijklmnopqrstuvwxyz'];

/** The fake kernel has no words. */
const LAYOUT = new Layout({ mms: 0, puds: 1, cpus: 0, devices: 0, frames: 0, filePages: 0, swapSlots: 0 }, 0);

/** Steps of every operation of the fake kernel. */
export const STEPS = ['1', '2', '3'];

/** One executed step, `name.step`, by a thread. */
export interface Ran {
  readonly thread: number;
  readonly operation: number;
  readonly what: string;
}

interface Position {
  operation: number;
  step: number;
}

/** A kernel of three-step operations without locks: a thread runs its operations one after the other. */
class FakeRun {
  readonly ran: Ran[] = [];
  readonly at: Position[];

  constructor(readonly c: Case) {
    this.at = c.threads.map(() => ({ operation: 0, step: 0 }));
  }

  finished(t: number): boolean {
    return this.at[t].operation >= this.c.threads[t].operations.length;
  }

  step(t: number): void {
    const p = this.at[t];
    const name = this.c.threads[t].operations[p.operation].name;
    this.ran.push({ thread: t, operation: p.operation, what: `${name}.${STEPS[p.step]}` });
    p.step++;
    if (p.step === STEPS.length) Object.assign(p, { operation: p.operation + 1, step: 0 });
  }

  /** Until the thread stands before the point, or behind it. */
  follow(s: Segment): void {
    const stop = s.path === '' ? STEPS.length : STEPS.indexOf(s.path);
    const goal = s.operation * STEPS.length + stop;
    const p = this.at[s.thread];
    if (p === undefined) return;
    while (!this.finished(s.thread) && p.operation * STEPS.length + p.step < goal) this.step(s.thread);
  }
}

export function runFake(c: Case): readonly Ran[] {
  const run = new FakeRun(c);
  for (const s of c.schedule) run.follow(s);
  c.threads.forEach((_, t) => {
    while (!run.finished(t)) run.step(t);
  });
  return run.ran;
}

/** The segments of a run: one wherever the thread changes. */
function record(run: FakeRun, t: number): Segment {
  const p = run.at[t];
  return p.step === 0
    ? { thread: t, operation: p.operation - 1, path: '', occurrence: 1 }
    : { thread: t, operation: p.operation, path: STEPS[p.step], occurrence: 1 };
}

function runScheduled(c: Case, scheduler: Scheduler): { ran: readonly Ran[]; schedule: readonly Segment[] } {
  const run = new FakeRun(c);
  const schedule: Segment[] = [];
  scheduler.begin(c.threads.length, 20);
  let last = -1;
  for (let step = 0; ; step++) {
    const runnable = c.threads.reduce((set, _, t) => (run.finished(t) ? set : set | (1 << t)), 0);
    if (runnable === 0) break;
    const t = scheduler.next(runnable, last, step);
    if (last >= 0 && t !== last) schedule.push(record(run, last));
    run.step(t);
    last = t;
  }
  if (last >= 0) schedule.push(record(run, last));
  return { ran: run.ran, schedule };
}

export const violation: Violation = {
  kind: 'stale-read',
  site: 'x',
  agent: 'device',
  thread: 0,
  addr: 0,
  step: 0,
  text: '',
  opened: -1,
};

export function findingOf(c: Case, v: Violation = violation): Finding {
  return {
    class: 'candidate-only',
    violation: v,
    case: c,
    candidate: 'c',
    reference: 'r',
    searched: 0,
    rates: { schedules: 0, candidate: 0, reference: 0 },
  };
}

/** What a case shows, from what ran and what it is. */
export type Shows = (c: Case, ran: readonly Ran[]) => Violation | undefined;

export interface FakeLab extends Lab {
  /** Calls of replay, judge and schedule so far. */
  readonly calls: { replay: number; judge: number; schedule: number };
}

export function fakeLab(shows: Shows, kinds: Readonly<Record<string, readonly ArgKind[]>> = {}): FakeLab {
  const calls = { replay: 0, judge: 0, schedule: 0 };
  const outcome = (v: Violation | undefined): RunOutcome => ({
    violation: v,
    latent: 0,
    inconclusive: false,
    steps: 0,
    results: '',
    finalMemory: '',
    hash: '',
  });
  const callable = (name: string, by: 'cpu' | 'device'): Callable => ({
    operation: { name } as Callable['operation'],
    by,
    args: kinds[name] ?? [],
    on: ['anon'],
    choices: CHOICES.map((choice) => choice.name),
    writes: false,
  });
  return {
    calls,
    callables: NAMES.flatMap((name) => [callable(name, 'cpu'), callable(name, 'device')]),
    candidate: undefined as unknown as Lab['candidate'],
    reference: undefined as unknown as Lab['reference'],
    schedule(c, scheduler) {
      calls.schedule++;
      const { ran, schedule } = runScheduled(c, scheduler);
      return { outcome: outcome(shows(c, ran)), schedule };
    },
    replay(c) {
      calls.replay++;
      return outcome(shows(c, runFake(c)));
    },
    trace: () => ({
      outcome: outcome(undefined),
      steps: [],
      layout: LAYOUT,
      start: new Int32Array(LAYOUT.size),
    }),
    judge(c) {
      calls.judge++;
      const v = shows(c, runFake(c));
      return v === undefined ? undefined : findingOf(c, v);
    },
  };
}

/** True when the steps ran in this order, with anything between them. */
export function ranInOrder(ran: readonly Ran[], steps: readonly string[]): boolean {
  let next = 0;
  for (const r of ran) if (r.what === steps[next]) next++;
  return next === steps.length;
}

export function region(over: Partial<Region> = {}): Region {
  return {
    vma: 'anon',
    writable: true,
    mergeable: false,
    file: 0,
    map: 'pages',
    pages: ['none', 'none', 'none', 'none'],
    ...over,
  };
}

export const NO_REGION: Region = region({ vma: 'none' });

export function thread(names: string, kind: 'cpu' | 'device' = 'cpu', mm = 0): ThreadProgram {
  const list = names === '' ? [] : names.split(' ');
  return { kind, mm, operations: list.map((name) => ({ name, args: [], choices: [] })) };
}

export function caseOf(threads: readonly ThreadProgram[], over: Partial<Case> = {}): Case {
  return {
    world: { mms: [[NO_REGION, NO_REGION]], files: [], frames: 8, swapSlots: 0 },
    hardware: {},
    threads,
    schedule: [],
    ...over,
  };
}

/** `0:1/2` thread 0 until step 2 of its operation 1; `0:1` until its end. */
export function scheduleOf(text: string): readonly Segment[] {
  return text
    .split(' ')
    .filter((s) => s !== '')
    .map((s) => {
      const [, t, op, path = ''] = /^(\d+):(\d+)(?:\/(.+))?$/.exec(s) ?? [];
      return { thread: Number(t), operation: Number(op), path, occurrence: 1 };
    });
}

export function scheduleText(schedule: readonly Segment[]): string {
  return schedule.map((s) => `${s.thread}:${s.operation}${s.path === '' ? '' : `/${s.path}`}`).join(' ');
}

export function namesOf(c: Case): readonly string[] {
  return c.threads.map((t) => t.operations.map((o) => o.name).join(' '));
}
