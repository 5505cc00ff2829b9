import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import type { Prng } from '../base/prng.js';
import { BurstScheduler } from './bursts.js';
import { MixedScheduler, type Part } from './mixed.js';
import { PctScheduler } from './pct.js';
import { RandomScheduler } from './random.js';
import { RoundRobinScheduler } from './round-robin.js';
import type { Scheduler } from './scheduler.js';
import { StallScheduler } from './stall.js';
import { WalkScheduler } from './walk.js';

export interface StrategyParams {
  /** Longest burst in steps, at least 1. */
  readonly longestBurst?: number;
  /** d of PCT(d), at least 1; drawn from 3 to 5 for each run when it is left out. */
  readonly depth?: number;
}

const LONGEST_BURST = 4;

export interface Strategy {
  readonly name: string;
  /** One line for lists. */
  readonly about: string;
  make(prng: Prng, params?: StrategyParams): Scheduler;
}

/** The deeper searches hit planted bugs in fewer runs, so they get more of them. */
function mix(prng: Prng, params: StrategyParams): readonly Part[] {
  return [
    { weight: 22, scheduler: new StallScheduler(prng) },
    { weight: 4, scheduler: new PctScheduler(prng, params.depth) },
    { weight: 3, scheduler: new BurstScheduler(prng, params.longestBurst ?? LONGEST_BURST) },
    { weight: 2, scheduler: new WalkScheduler(prng) },
    { weight: 1, scheduler: new RandomScheduler(prng) },
  ];
}

export const STRATEGIES: readonly Strategy[] = [
  {
    name: 'mixed',
    about: 'draws stall, pct, bursts, walk or random anew for each case (the default)',
    make: (prng, params = {}) => new MixedScheduler(prng, mix(prng, params)),
  },
  {
    name: 'aimed',
    about: 'mixed, and as often a thread is held where the two models differ (what validate uses)',
    make: (prng, params = {}) => {
      const parts = mix(prng, params);
      const weight = parts.reduce((sum, p) => sum + p.weight, 0);
      return new MixedScheduler(prng, [{ weight, scheduler: new StallScheduler(prng, true) }, ...parts]);
    },
  },
  {
    name: 'random',
    about: 'uniform among the runnable threads at every step',
    make: (prng) => new RandomScheduler(prng),
  },
  {
    name: 'bursts',
    about: `a random thread runs for 1 to ${LONGEST_BURST} steps, then another is drawn`,
    make: (prng, params = {}) => new BurstScheduler(prng, params.longestBurst ?? LONGEST_BURST),
  },
  {
    name: 'pct',
    about: 'random priorities with 2 to 4 changes in a run (Burckhardt et al., ASPLOS 2010)',
    make: (prng, params = {}) => new PctScheduler(prng, params.depth),
  },
  {
    name: 'stall',
    about: 'a thread that left a cached translation behind is held at or near its unlock; others run',
    make: (prng) => new StallScheduler(prng),
  },
  {
    name: 'walk',
    about: 'every interleaving about equally likely, by estimated lengths (Zhao et al., ASPLOS 2025)',
    make: (prng) => new WalkScheduler(prng),
  },
  {
    name: 'round-robin',
    about: 'each thread until it waits or ends; the same for every seed',
    make: () => new RoundRobinScheduler(),
  },
];

/** Throws {@link BadInput} with the nearest name for one that no strategy has. */
export function strategyNamed(name: string): Strategy {
  const found = STRATEGIES.find((s) => s.name === name);
  if (found !== undefined) return found;
  const names = STRATEGIES.map((s) => s.name);
  throw new BadInput(
    `Unknown strategy "${name}"; expected one of ${names.join(', ')}.${didYouMean(name, names)}`,
  );
}
