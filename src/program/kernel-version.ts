import { assert } from '../base/assert.js';

/** A release of Linux: `4.14`, `6.12`. */
export type KernelVersion = string;

/** The releases in which something is there: from `since` on, no longer in `until`; either may be open. */
export interface Lifetime {
  readonly since?: KernelVersion | undefined;
  readonly until?: KernelVersion | undefined;
}

function numbers(version: KernelVersion): readonly [number, number] {
  const match = /^v?(\d+)\.(\d+)$/.exec(version);
  assert(match !== null, `"${version}" is no kernel release; expected one like 4.14`);
  return [Number(match[1]), Number(match[2])];
}

/** Negative when `a` is the older release, 0 when they are the same. */
export function compareVersions(a: KernelVersion, b: KernelVersion): number {
  const [x, y] = [numbers(a), numbers(b)];
  return x[0] - y[0] || x[1] - y[1];
}

/** True if something with this lifetime is there in `version`; without a version, everything is. */
export function existsIn(lifetime: Lifetime, version: KernelVersion | undefined): boolean {
  if (version === undefined) return true;
  const { since, until } = lifetime;
  if (since !== undefined && compareVersions(version, since) < 0) return false;
  return until === undefined || compareVersions(version, until) < 0;
}
