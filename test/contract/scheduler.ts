import { expect, test } from '@jest/globals';

import { Prng } from '../../src/base/prng.js';
import { isIn } from '../../src/schedule/runnable.js';
import type { Scheduler } from '../../src/schedule/scheduler.js';

/** Thread of each step, as digits. */
type Interleaving = string;

/**
 * Runs threads of the given lengths to their end. `refuses`: how likely the chosen thread turns out to wait; it is not
 * asked again before another has run.
 */
export function interleave(
  scheduler: Scheduler,
  lengths: readonly number[],
  refuses = 0,
  world = new Prng('world'),
): Interleaving {
  const left = [...lengths];
  const total = left.reduce((a, b) => a + b, 0);
  scheduler.begin(left.length, total, lengths);
  let out = '';
  let last = -1;
  let waiting = 0;
  while (out.length < total) {
    let runnable = 0;
    left.forEach((n, t) => (runnable |= n > 0 && !isIn(waiting, t) ? 1 << t : 0));
    const t = scheduler.next(runnable, last, out.length);
    // Not an expectation: this is asked some hundred thousand times.
    if (!isIn(runnable, t)) throw new Error(`${scheduler.name} chose ${t}, which is not runnable`);
    // Somebody must be able to go on.
    if ((runnable & ~(1 << t)) !== 0 && world.chance(refuses)) {
      scheduler.waited(t);
      waiting |= 1 << t;
      continue;
    }
    waiting = 0;
    left[t]--;
    out += String(t);
    last = t;
  }
  return out;
}

/** What every scheduler owes, whatever its strategy; `make` gives a fresh one for a seed. */
export function schedulerContract(name: string, make: (seed: string) => Scheduler): void {
  test(`${name} only ever chooses a runnable thread, also when the chosen one waits`, () => {
    const scheduler = make('a');
    const world = new Prng('refusals');
    for (let i = 0; i < 100; i++)
      interleave(scheduler, [1 + (i % 5), 3, 0, 4, 2, 1].slice(0, 1 + (i % 6)), 0.3, world);
  });

  test(`${name} makes the same choices from the same seed, run after run`, () => {
    const [a, b] = [make('same'), make('same')];
    for (let i = 0; i < 20; i++) expect(interleave(a, [5, 4, 3], 0.2)).toBe(interleave(b, [5, 4, 3], 0.2));
  });

  test(`${name} gives a lone thread every step`, () => {
    expect(interleave(make('lone'), [0, 6, 0])).toBe('111111');
  });

  test(`${name} copes with a run longer than expected`, () => {
    const scheduler = make('long');
    scheduler.begin(2, 1);
    const counts = [0, 0];
    for (let step = 0; step < 1000; step++) counts[scheduler.next(step < 500 ? 3 : 2, -1, step)]++;
    expect(counts[1]).toBeGreaterThanOrEqual(500);
  });
}
