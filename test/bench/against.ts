import type { Laboratory } from '../../src/run/laboratory.js';
import type { Primitive } from '../../src/program/primitive.js';
import type { Case } from '../../src/scenario/case.js';
import { calibrate, ITERATIONS } from './calibrate.js';
import { open, type Checkout } from './checkout.js';

/**
 * This checkout beside another one, round by round in one process. Two sets of cases: what each draws by default, and the
 * same cases for both, drawn by the other one, which may be older and know less. A second is one of processor time.
 */

const ROUNDS = 31;
/** So few that a round is over before the machine is busy with something else. */
const CASES = 400;
/** Cases that are drawn in turn, so that compiled code sees more than one round. */
const SETS = 5;

interface Side {
  readonly checkout: Checkout;
  readonly watched: Laboratory;
  readonly bare: Laboratory;
  readonly generate: (seed: string) => Case;
}

/** One round of one side: seconds, and steps of the candidate. */
interface Figures {
  readonly both: number;
  readonly bare: number;
  readonly draw: number;
  readonly steps: number;
  readonly same: number;
  readonly sameSteps: number;
}

const seed = (set: number, i: number): string => `bench/${set}/${i}`;

/** Seconds of processor time, so that it matters little what else the machine does. */
function timed(f: () => number): { seconds: number; value: number } {
  const begin = process.cpuUsage();
  const value = f();
  const { user, system } = process.cpuUsage(begin);
  return { seconds: (user + system) / 1e6, value };
}

function measure({ checkout, watched, bare, generate }: Side, set: number, same: readonly Case[]): Figures {
  const all = (f: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < CASES; i++) sum += f(i);
    return sum;
  };
  const campaign = (lab: Laboratory): number =>
    all((i) => checkout.attempt(lab, seed(set, i), generate(seed(set, i))));
  const both = timed(() => campaign(watched));
  const without = timed(() => campaign(bare));
  const draw = timed(() => all((i) => generate(seed(set, i)).threads.length));
  const shared = timed(() => all((i) => checkout.attempt(watched, seed(set, i), same[i])));
  return {
    both: both.seconds,
    bare: without.seconds,
    draw: draw.seconds,
    steps: both.value,
    same: shared.seconds,
    sameSteps: shared.value,
  };
}

/** Instructions that the candidate visits for a step, in the cases of one set. */
function visited({ checkout, generate }: Side, same?: readonly Case[]): number {
  const lab = checkout.laboratory(true);
  const { code } = lab.bench('candidate');
  let visits = 0;
  const counted =
    (run: Run): Run =>
    (...args) => {
      visits++;
      return run(...args);
    };
  // checkouts from before instructions were packed have a function in each of them
  if ('packed' in code) (code.packed.runs as Run[]).forEach((run, i, runs) => (runs[i] = counted(run)));
  else for (const i of (code as { instructions: { run: Run }[] }).instructions) i.run = counted(i.run);
  let steps = 0;
  for (let i = 0; i < CASES; i++) {
    steps += checkout.candidate(lab, seed(0, i), same?.[i] ?? generate(seed(0, i)));
  }
  return visits / steps;
}

type Run = Primitive['run'];

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

export async function compareWith(directory: string, here: string): Promise<void> {
  const checkouts = [await open(directory), await open(here)];
  const lowering = checkouts.map((c) => timed(() => (c.laboratory(true), 0)).seconds);
  const sides = checkouts.map((checkout): Side => ({
    checkout,
    watched: checkout.laboratory(true),
    bare: checkout.laboratory(false),
    generate: checkout.generator(),
  }));
  const [theirs] = sides;
  const same = Array.from({ length: SETS }, (_, set) => casesForBoth(theirs.generate, checkouts, set));
  const rounds: { sides: Figures[]; loop: number }[] = [];
  for (let i = 0; i < SETS; i++) for (const s of sides) measure(s, i, same[i]);
  for (let i = 0; i < ROUNDS; i++) {
    const loop = timed(calibrate);
    const order = i % 2 === 0 ? sides : [...sides].reverse();
    const figures = order.map((s) => measure(s, i % SETS, same[i % SETS]));
    rounds.push({ loop: ITERATIONS / loop.seconds, sides: i % 2 === 0 ? figures : figures.reverse() });
  }

  /** Medians of theirs, of ours, and of the ratios of the rounds. */
  const row = (what: string, f: (x: Figures) => number, digits = 0): void => {
    const [a, b] = [0, 1].map((k) => median(rounds.map((r) => f(r.sides[k]))));
    print(what, a, b, median(rounds.map((r) => f(r.sides[1]) / f(r.sides[0]))), digits);
  };
  console.log(`${''.padEnd(58)}${'there'.padStart(10)}${'here'.padStart(10)}${'here/there'.padStart(12)}`);
  row('cases/s, each its default mix', (x) => CASES / x.both);
  row('micro-steps/s of the candidate', (x) => x.steps / x.both);
  row('steps of the candidate a case', (x) => x.steps / CASES, 1);
  row('cases/s, the same cases, ready made', (x) => CASES / x.same);
  row('micro-steps/s of the candidate', (x) => x.sameSteps / x.same);
  row('steps of the candidate a case', (x) => x.sameSteps / CASES, 1);
  const visits = sides.map((s) => visited(s));
  print('instructions visited a step, each its default mix', visits[0], visits[1], visits[1] / visits[0], 2);
  const shared = sides.map((s) => visited(s, same[0]));
  print('instructions visited a step, the same cases', shared[0], shared[1], shared[1] / shared[0], 2);
  row('speed with oracles / without', (x) => x.bare / x.both, 2);
  row('generation / campaign time', (x) => x.draw / x.both, 3);
  print('seconds to lower two models, first time', lowering[0], lowering[1], lowering[1] / lowering[0], 2);
  console.log(`calibration loop, iterations/s: ${median(rounds.map((r) => r.loop)).toFixed(0)}`);
}

function print(what: string, there: number, here: number, ratio: number, digits: number): void {
  const [a, b] = [there, here].map((x) => x.toFixed(digits).padStart(10));
  console.log(`${what.padEnd(58)}${a}${b}${ratio.toFixed(2).padStart(12)}`);
}

/** Cases that every checkout takes. */
function casesForBoth(
  generate: (seed: string) => Case,
  checkouts: readonly Checkout[],
  set: number,
): readonly Case[] {
  const cases: Case[] = [];
  for (let i = 0; cases.length < CASES; i++) {
    const c = generate(`same ${seed(set, i)}`);
    if (checkouts.every((x) => x.isWellFormed(c))) cases.push(c);
  }
  return cases;
}
