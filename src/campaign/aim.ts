import { Prng } from '../base/prng.js';
import type { DifferingStep } from '../patch/difference.js';
import { existsIn } from '../program/kernel-version.js';
import type { Laboratory } from '../run/laboratory.js';
import type { Case } from '../scenario/case.js';
import { caseGenerator, type GenerateOptions } from '../scenario/generate.js';
import type { Strategy } from '../schedule/strategies.js';
import { aimedWorlds } from './aimed-worlds.js';
import { innermost } from './step-sites.js';

/** What cases around a patch are drawn from. */
export interface Around {
  /** The patched kernel beside its base. */
  readonly lab: Laboratory;
  /** The steps that the patch changes. */
  readonly steps: readonly DifferingStep[];
  /** Operations from which an edited function is called. */
  readonly aimed: readonly string[];
  readonly strategy: Strategy;
}

export type Weights = Readonly<Record<string, number>>;

export interface Aimed extends Around {
  readonly about: Weights;
}

/** Cases that are drawn to see which operations come to what a patch changes. */
const CASES = 1500;
/** An operation that hardly ever does gets this share of the weight of the one that does most often. */
const LEAST = 0.05;
/** How much more often aimed operations are drawn for small worlds. */
const AIM = 144;

/** What the patch changes, one or two other operations, and whoever uses the page: two to four CPUs, sometimes a device. */
const MEETING: GenerateOptions = { meetings: 1, meetingDevices: [3, 1], perDevice: [0, 1], subscribers: [1] };

/** Two CPU threads and one device, an operation or two each, around what the patch changes. */
const SMALL_ODDS: GenerateOptions = {
  roles: 1,
  changes: [1],
  users: [0, 1],
  perUser: [1],
  roleDevices: [1],
  perDevice: [0, 1],
  secondPud: 0,
  secondMm: 0.15,
  subscribers: [1],
  focused: 1,
};

/** Small worlds in which what the patch changes is reached: by a fault alone, by an operation, where others meet it. */
export function worldsAround(
  { lab, steps, aimed, strategy, about }: Aimed,
  seed: string,
): Generator<Case, void> {
  const small = (plain: number): GenerateOptions => ({
    emphasis: new Map(aimed.map((name) => [name, AIM])),
    ...SMALL_ODDS,
    plain,
  });
  const meeting: GenerateOptions = { about: new Map(Object.entries(about)), ...MEETING };
  return aimedWorlds({
    lab,
    ...namesOf(steps),
    strategy,
    seed: `${seed}/small`,
    draws: [small(0), meeting, small(1)].map((options) => generator(lab, options)),
  });
}

/**
 * How often cases should be about which operation: in proportion to how often a call of it comes to a step that the patch
 * changes, where each step counts alike. A fault may reach anything, and hardly ever reaches any one thing. A function of
 * the seed.
 */
export function weightsAround({ lab, steps, aimed, strategy }: Around, seed: string): Weights {
  const cpu = lab.callables.filter((c) => c.by === 'cpu' && existsIn(c, lab.candidate.kernel));
  const operations = cpu.map((c) => c.operation.name).filter((name) => aimed.includes(name));
  const draw = generator(lab, { about: new Map(operations.map((name) => [name, 1])), ...MEETING });
  const names = namesOf(steps);
  const calls = new Map<string, number>();
  const reached = new Map<string, Map<string, number>>();
  for (let i = 0; i < CASES; i++) {
    const prng = new Prng(`${seed}/aim/${i}`);
    const c = draw(prng);
    for (const { name } of c.threads.flatMap((t) => t.operations)) count(calls, name);
    for (const step of lab.reached(c, strategy.make(prng), names.steps, names.lacking)) {
      const place = innermost(step);
      const by = reached.get(place) ?? new Map<string, number>();
      reached.set(place, by);
      count(by, step.slice(0, step.indexOf(' ')));
    }
  }
  const weights = operations.map(() => 0);
  for (const by of reached.values()) {
    const rates = operations.map((name) => (by.get(name) ?? 0) / (calls.get(name) ?? 1));
    const sum = rates.reduce((a, b) => a + b, 0);
    if (sum > 0) rates.forEach((rate, i) => (weights[i] += rate / sum));
  }
  const most = Math.max(...weights);
  return Object.fromEntries(
    operations.map((name, i) => [name, most === 0 ? 1 : Math.max(weights[i], LEAST * most)]),
  );
}

function generator(lab: Laboratory, options: GenerateOptions): (prng: Prng) => Case {
  const known = lab.callables.filter((c) => existsIn(c, lab.candidate.kernel));
  return caseGenerator(known, { hardware: 'conforming', ...options });
}

function namesOf(steps: readonly DifferingStep[]): {
  steps: ReadonlySet<string>;
  lacking: ReadonlySet<string>;
} {
  return {
    steps: new Set(steps.map((s) => s.name)),
    lacking: new Set(steps.filter((s) => s.dropped).map((s) => s.name)),
  };
}

function count(of: Map<string, number>, key: string): void {
  of.set(key, (of.get(key) ?? 0) + 1);
}
