import { expect, test } from '@jest/globals';

import { callables } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { THREAD } from '../../src/machine/layout.js';
import { MAX_OPERATIONS, type Machine } from '../../src/machine/machine.js';
import { Changes } from '../../src/explore/changes.js';
import { Footprints, type Footprint } from '../../src/explore/footprint.js';
import { Futures, futuresTable } from '../../src/explore/futures.js';
import type { LogicalMemory } from '../../src/oracle/logical-memory.js';
import type { LockUse } from '../../src/program/primitive.js';
import { unfinished } from '../../src/run/drive.js';
import type { Workbench } from '../../src/run/workbench.js';
import type { Case } from '../../src/scenario/case.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { caseOf, labOf } from '../corpus/build.js';
import { CASES } from '../corpus/cases.js';

/** Walks through the states of a case, and looks at what two threads could do from each. */
class Walk {
  readonly wrong = new Set<string>();
  apart = 0;
  private readonly m: Machine;
  private readonly l: LogicalMemory;
  private readonly changes: Changes;
  private readonly footprints: Footprints;

  constructor(bench: Workbench, c: Case) {
    this.m = bench.prepare({ ...c, schedule: [] });
    this.l = bench.memory;
    this.changes = new Changes(this.m, false);
    this.footprints = new Footprints(this.m);
  }

  private get state(): string {
    return `${this.changes.low} ${this.changes.high}`;
  }

  /** The footprint of the next step of `t`, which has been taken; what it led to: a wait, a state, or a verdict in it. */
  private take(t: number): { footprint: Footprint; end: string } {
    const { m, l } = this;
    const slot = t * MAX_OPERATIONS + m.words[m.layout.threadAt(t) + THREAD.OP];
    const result = m.results[slot];
    const footprint = this.footprints.step(t);
    this.changes.take(slot, result, footprint.words);
    const v = l.violation;
    l.violation = undefined;
    return { footprint, end: footprint.went ? `${v?.kind} ${v?.addr}` : 'waits' };
  }

  private inOrder(first: number, then: number): string {
    const a = this.take(first).end;
    const b = this.take(then).end;
    const text = first < then ? `${a}, ${b}` : `${b}, ${a}`;
    const both = `${text}: ${this.state}`;
    this.changes.undo();
    this.changes.undo();
    return both;
  }

  private peek(t: number): Footprint {
    const { footprint } = this.take(t);
    this.changes.undo();
    return footprint;
  }

  private compare(t: number, u: number): void {
    const a = this.peek(t);
    const b = this.peek(u);
    if (!a.went || !b.went || conflict(this.m, a, b)) return;
    this.apart++;
    if (this.inOrder(t, u) === this.inOrder(u, t)) return;
    const { layout, code, words } = this.m;
    const name = (x: number): string => code.instructions[words[layout.threadAt(x) + THREAD.PC]].info.text;
    this.wrong.add(`${name(t)} and ${name(u)}`);
  }

  /** One way to an end, with turns of a few steps. */
  run(prng: Prng): void {
    let depth = 0;
    for (let t = -1; ;) {
      const threads = bits(unfinished(this.m));
      for (const a of threads) for (const b of threads) if (a < b) this.compare(a, b);
      const able = threads.filter((x) => this.peek(x).went);
      if (able.length === 0 || depth > 500) break;
      if (!able.includes(t) || prng.chance(0.4)) t = prng.pick(able);
      depth++;
      if (this.take(t).end !== 'undefined undefined') break;
    }
    for (; depth > 0; depth--) this.changes.undo();
  }
}

const bits = (mask: number): number[] =>
  Array.from({ length: 31 }, (_, t) => t).filter((t) => (mask >> t) & 1);

function conflict(m: Machine, a: Footprint, b: Footprint): boolean {
  const futures = new Futures(futuresTable(1, m.words.length), m.words.length);
  b.words.forEach((word, i) => futures.learn(0, 0, word, b.uses[i]));
  return a.words.some((word, i) => !futures.apart(0, 0, word, a.uses[i]));
}

function caseNamed(name: string): { bench: Workbench; c: Case } {
  const w = CASES.find((x) => x.name === name)!;
  const [model] = Object.keys(w.expected);
  return { bench: labOf(model).bench('candidate'), c: caseOf(w) };
}

function walked(bench: Workbench, c: Case): Walk {
  const walk = new Walk(bench, c);
  for (let i = 0; i < 4; i++) walk.run(new Prng(`walk/${i}`));
  return walk;
}

test.each(CASES.filter((x) => x.threads.length > 1).map((x) => x.name))(
  'two steps of %s whose footprints are apart have no order',
  (name) => {
    const { bench, c } = caseNamed(name);
    const walk = walked(bench, c);
    expect([...walk.wrong]).toEqual([]);
    expect(walk.apart).toBeGreaterThan(20);
  },
);

test('so it is in generated cases, on any hardware', () => {
  const draw = caseGenerator(callables, { hardware: 'any' });
  let apart = 0;
  for (let k = 0; k < 24; k++) {
    const model = ['v4.14', 'v4.4', 'v6.6', 'leaf-callback'][k % 4];
    const walk = new Walk(labOf(model).bench('candidate'), draw(new Prng(`apart/${k}`)));
    walk.run(new Prng(`walk/${k}`));
    expect([k, ...walk.wrong]).toEqual([k]);
    apart += walk.apart;
  }
  expect(apart).toBeGreaterThan(1000);
});

/** Runs with every step of the name saying that it does so to its lock. */
function saying(bench: Workbench, name: string, lock: LockUse, run: () => void): void {
  const steps = bench.code.instructions.filter((i) => i.primitive?.name === name);
  expect(steps.length).toBeGreaterThan(0);
  const had = steps.map((i) => i.primitive!);
  steps.forEach((i) => (i.primitive = { ...i.primitive!, lock }));
  try {
    run();
  } finally {
    steps.forEach((i, k) => (i.primitive = had[k]));
  }
}

test('two that take a lock alone are not said to share it', () => {
  const { bench, c } = caseNamed('rule-b');
  saying(bench, 'pte_offset_map_lock', 'share', () => {
    expect([...walked(bench, c).wrong].join('; ')).toContain('pte_offset_map_lock');
  });
});

test('what answers whether it got a lock is no step that waits for it', () => {
  const { instructions } = labOf('always-notify').bench('candidate').code;
  const saying = instructions.flatMap(({ primitive }) => (primitive?.lock === undefined ? [] : [primitive]));
  expect(new Set(saying.map((x) => x.lock))).toEqual(new Set(['take', 'share', 'release']));
  expect(saying.filter((x) => x.shape !== 'step').map((x) => x.name)).toEqual([]);
});
