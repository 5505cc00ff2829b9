import { existsIn, type KernelVersion, type Lifetime } from '../program/kernel-version.js';
import type { SubscriberKind } from './case.js';
import { DEFAULT_ODDS } from './odds.js';
import { SUBSCRIBERS } from './world-rules.js';

/** In which releases there are subscribers of each kind: intervals took the place of the mirrors under a mutex. */
const LIFETIMES: Readonly<Record<SubscriberKind, Lifetime>> = {
  sva: {},
  kvm: {},
  interval: { since: '5.5' },
  legacy: { until: '5.5' },
  pin: {},
};

/**
 * How often each kind is drawn for models of these kernels (undefined for one that stands for no release); of those in
 * `wanted` alone if there are any.
 */
export function subscriberWeights(
  kernels: readonly (KernelVersion | undefined)[],
  wanted: readonly string[] = [],
): readonly number[] {
  return SUBSCRIBERS.map((kind, i) =>
    (wanted.length === 0 || wanted.includes(kind)) &&
    kernels.every((kernel) => existsIn(LIFETIMES[kind], kernel))
      ? DEFAULT_ODDS.subscribers[i]
      : 0,
  );
}
