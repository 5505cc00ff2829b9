import { availableParallelism } from 'node:os';

import { BadInput } from '../base/errors.js';
import { didYouMean } from '../base/nearest.js';
import type { Recipe } from '../campaign/job.js';
import type { CampaignPlan } from '../campaign/campaign.js';
import { HARDWARE, hardwareFrom } from '../machine/hardware.js';
import type { Callable } from '../program/callable.js';
import type { HardwareWanted } from '../scenario/generate-hardware.js';
import { SUBSCRIBERS } from '../scenario/world-rules.js';
import { strategyNamed } from '../schedule/strategies.js';
import { parseDuration } from './duration.js';
import { absoluteModel } from './load-model.js';
import { parseCount } from './numbers.js';

/** The options of `fuzz` as commander hands them over: texts. */
export interface FuzzOptions {
  readonly candidate: string;
  readonly reference: string;
  readonly mute: readonly string[];
  readonly cases?: string;
  readonly duration?: string;
  readonly workers?: string;
  readonly seed?: string;
  readonly hardware: string;
  readonly operations?: string;
  readonly subscribers?: string;
  readonly strategy: string;
  readonly shrinkTries: string;
  readonly search: string;
  readonly crashes: string;
  readonly corpus?: string;
  readonly save: boolean;
  readonly json?: boolean;
}

const DEFAULT_SECONDS = 60;
const MOST_WORKERS = 256;
const NAMED_HARDWARE: readonly string[] = ['default', 'conforming', 'any'];

/** `default`, `conforming`, `any`, or switches for every case; throws {@link BadInput}. */
export function parseHardware(text: string): string {
  if (NAMED_HARDWARE.includes(text)) return text;
  if (!text.includes('=')) {
    const known = [...NAMED_HARDWARE, ...HARDWARE.map((h) => h.name)];
    throw new BadInput(
      `Unknown hardware "${text}"; expected ${NAMED_HARDWARE.join(', ')}, or switch=value pairs of "shootdown list hardware".${didYouMean(text, known)}`,
    );
  }
  hardwareFrom(text.split(','));
  return text;
}

/** What the generator is asked for; the text was checked by {@link parseHardware}. */
export function hardwareWanted(text: string): HardwareWanted {
  if (NAMED_HARDWARE.includes(text)) return text as HardwareWanted;
  return Object.fromEntries(text.split(',').map((pair) => pair.split('='))) as HardwareWanted;
}

/** The operations of a mix, by name; none means all. Accesses are in every mix. Throws {@link BadInput}. */
export function parseOperations(text: string | undefined, callables: readonly Callable[]): string[] {
  if (text === undefined) return [];
  const known = callables.map((c) => c.operation.name);
  const names = text.split(',').map((n) => n.trim());
  for (const name of names) {
    if (!known.includes(name))
      throw new BadInput(
        `Unknown operation "${name}"; expected operations that a case can call, see "shootdown list operations".${didYouMean(name, known)}`,
      );
  }
  return [...new Set(names)];
}

/** The kinds of subscribers that devices may be; none means all. Throws {@link BadInput}. */
export function parseSubscribers(text: string | undefined): string[] {
  if (text === undefined) return [];
  const names = text.split(',').map((n) => n.trim());
  const known: readonly string[] = SUBSCRIBERS;
  for (const name of names) {
    if (!known.includes(name))
      throw new BadInput(
        `Unknown subscriber "${name}"; expected ${known.join(', ')}.${didYouMean(name, known)}`,
      );
  }
  return [...new Set(names)];
}

export function recipeOf(options: FuzzOptions, callables: readonly Callable[], cwd: string): Recipe {
  strategyNamed(options.strategy);
  return {
    candidate: absoluteModel(options.candidate, cwd),
    reference: absoluteModel(options.reference, cwd),
    mutes: options.mute,
    operations: parseOperations(options.operations, callables),
    subscribers: parseSubscribers(options.subscribers),
    hardware: parseHardware(options.hardware),
    strategy: options.strategy,
    search: parseCount('--search', options.search, 0, 1_000_000),
  };
}

/** Where the campaign ends. `seed` is drawn by the caller when the user gave none. */
export function planOf(options: FuzzOptions, seed: string): CampaignPlan {
  if (seed === '' || seed.length > 100 || !/^[!-~]+$/.test(seed))
    throw new BadInput(`Invalid --seed "${seed}"; expected 1 to 100 printable characters without spaces.`);
  const cases = options.cases === undefined ? Infinity : parseCount('--cases', options.cases, 1, 1e12);
  const given = options.duration === undefined ? undefined : parseDuration(options.duration);
  const seconds = given ?? (cases === Infinity ? DEFAULT_SECONDS : Infinity);
  return {
    seed,
    cases,
    seconds,
    shrinkTries: parseCount('--shrink-tries', options.shrinkTries, 0, 10_000_000),
    shrinkSeconds: 300,
    graceSeconds: 30,
    batch: 500,
    canaryCases: 50_000,
  };
}

export function workersOf(options: Pick<FuzzOptions, 'workers'>): number {
  if (options.workers === undefined) return availableParallelism();
  return parseCount('--workers', options.workers, 1, MOST_WORKERS);
}

/** Options that contradict each other; throws {@link BadInput}. */
export function checkTogether(options: FuzzOptions, given: (name: string) => boolean): void {
  if (!options.save && given('crashes'))
    throw new BadInput('--no-save and --crashes contradict each other; expected one of them.');
  if (!options.save && options.corpus !== undefined)
    throw new BadInput('--no-save and --corpus contradict each other; expected one of them.');
}
