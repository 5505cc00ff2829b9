import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type * as Models from '../../models/models.js';
import type * as Random from '../../src/base/prng.js';
import type * as Oracles from '../../src/oracle/oracles.js';
import type * as Laboratories from '../../src/run/laboratory.js';
import type { Case } from '../../src/scenario/case.js';
import type * as Checks from '../../src/scenario/check-case.js';
import type * as Generation from '../../src/scenario/generate.js';
import type { Scheduler } from '../../src/schedule/scheduler.js';
import type * as Strategies from '../../src/schedule/strategies.js';

/** What is measured of one built checkout: its own modules, loaded beside those of others. */
export interface Checkout {
  /** `optimized` beside `always-notify`. */
  laboratory(watched: boolean): Laboratories.Laboratory;
  generator(): (seed: string) => Case;
  /** Runs a case on both models under the schedule that the seed draws; steps of the candidate. */
  attempt(lab: Laboratories.Laboratory, seed: string, c: Case): number;
  /** The same on the candidate alone. */
  candidate(lab: Laboratories.Laboratory, seed: string, c: Case): number;
  isWellFormed(c: Case): boolean;
}

/**
 * Loads the checkout in `directory`, which `npm run build` has built there. It must have these modules with what is used of
 * them here; all checkouts since the first bench have.
 */
export async function open(directory: string): Promise<Checkout> {
  const load = (path: string): Promise<unknown> =>
    import(pathToFileURL(resolve(directory, 'dist', path)).href);
  const { callables, models } = (await load('models/models.js')) as typeof Models;
  const { Prng } = (await load('src/base/prng.js')) as typeof Random;
  const { ORACLES } = (await load('src/oracle/oracles.js')) as typeof Oracles;
  const { Laboratory } = (await load('src/run/laboratory.js')) as typeof Laboratories;
  const { isWellFormed } = (await load('src/scenario/check-case.js')) as typeof Checks;
  const { caseGenerator } = (await load('src/scenario/generate.js')) as typeof Generation;
  const { strategyNamed } = (await load('src/schedule/strategies.js')) as typeof Strategies;
  const named = (name: string): (typeof models)[number] => models.find((m) => m.name === name)!;
  const strategy = strategyNamed('mixed');
  const scheduler = (seed: string): Scheduler => strategy.make(new Prng(`schedule ${seed}`));
  return {
    laboratory: (watched) =>
      new Laboratory(callables, named('optimized'), named('always-notify'), watched ? ORACLES : []),
    generator: () => {
      const generate = caseGenerator(callables, {});
      return (seed) => generate(new Prng(seed));
    },
    attempt: (lab, seed, c) => lab.attempt(c, scheduler(seed)).steps,
    candidate: (lab, seed, c) => lab.schedule(c, scheduler(seed)).outcome.steps,
    isWellFormed: (c) => isWellFormed(c, callables),
  };
}
