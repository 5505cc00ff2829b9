import { describe, expect, test } from '@jest/globals';

import { BadInput } from '../../src/base/errors.js';
import { Prng } from '../../src/base/prng.js';
import { STRATEGIES, strategyNamed } from '../../src/schedule/strategies.js';
import { interleave, schedulerContract } from '../contract/scheduler.js';

describe.each(STRATEGIES.map((s) => [s.name, s] as const))('%s', (name, strategy) => {
  schedulerContract(name, (seed) => strategy.make(new Prng(seed)));

  test('its about line is one line', () => {
    expect(strategy.about).toMatch(/^\S[^\n]{10,100}$/);
  });
});

/** How often each interleaving came up. */
function tally(name: string, lengths: readonly number[], runs: number): Map<string, number> {
  const scheduler = strategyNamed(name).make(new Prng(`tally ${name}`));
  const seen = new Map<string, number>();
  for (let i = 0; i < runs; i++) {
    const one = interleave(scheduler, lengths);
    seen.set(one, (seen.get(one) ?? 0) + 1);
  }
  return seen;
}

test.each(['random', 'walk', 'mixed'])('%s reaches all 20 interleavings of 3 and 3 steps', (name) => {
  expect(tally(name, [3, 3], 3000).size).toBe(20);
});

test('bursts reaches all 6 interleavings of 2 and 2 steps', () => {
  expect(tally('bursts', [2, 2], 3000).size).toBe(6);
});

test('walk makes the 15 interleavings of 4 and 2 steps equally likely when it knows the lengths', () => {
  const counts = [...tally('walk', [4, 2], 6000).values()];
  expect(counts).toHaveLength(15);
  // 400 expected each, standard deviation 19.
  expect(Math.min(...counts)).toBeGreaterThan(320);
  expect(Math.max(...counts)).toBeLessThan(480);
});

test('a uniform choice at each step does not: it prefers that the short thread ends early', () => {
  const seen = tally('random', [4, 2], 6000);
  expect(seen.get('110000')!).toBeGreaterThan(2 * seen.get('010100')!);
});

test('a burst is never longer than the longest unless the draw falls on the same thread', () => {
  const scheduler = strategyNamed('bursts').make(new Prng('one'), { longestBurst: 1 });
  const seen = new Set<string>();
  for (let i = 0; i < 500; i++) seen.add(interleave(scheduler, [2, 2]));
  expect(seen.size).toBe(6);
});

test('PCT of depth 1 runs each thread to its end', () => {
  const scheduler = strategyNamed('pct').make(new Prng('shallow'), { depth: 1 });
  const seen = new Set<string>();
  for (let i = 0; i < 100; i++) seen.add(interleave(scheduler, [3, 3, 3]));
  expect([...seen].sort()).toEqual(
    ['000111222', '000222111', '111000222', '111222000', '222000111', '222111000'].sort(),
  );
});

test('PCT of depth d changes over at most d - 1 times before a thread has ended', () => {
  const scheduler = strategyNamed('pct').make(new Prng('three'), { depth: 3 });
  for (let i = 0; i < 300; i++) {
    const run = interleave(scheduler, [8, 8]);
    const switches = [...run].filter((t, at) => at > 0 && run[at - 1] !== t).length;
    expect(switches).toBeLessThanOrEqual(3);
  }
});

test('PCT meets its bound: 2 threads, 16 steps, depth 2, a bug of one point in one order', () => {
  const scheduler = strategyNamed('pct').make(new Prng('bound'), { depth: 2 });
  const runs = 4000;
  let hits = 0;
  for (let i = 0; i < runs; i++) if (interleave(scheduler, [8, 8]).startsWith('00011111111')) hits++;
  expect(hits / runs).toBeGreaterThan(0.8 / (2 * 16));
});

test('a thread that waited under PCT runs first as soon as it can again', () => {
  const scheduler = strategyNamed('pct').make(new Prng('wait'), { depth: 1 });
  scheduler.begin(3, 10);
  const first = scheduler.next(7, -1, 0);
  scheduler.waited(first);
  const other = scheduler.next(7 & ~(1 << first), -1, 0);
  expect(other).not.toBe(first);
  expect(scheduler.next(7, other, 1)).toBe(first);
});

test('a thread that PCT lets run on and on makes way for the others', () => {
  const scheduler = strategyNamed('pct').make(new Prng('spin'), { depth: 1 });
  scheduler.begin(2, 10);
  const ran = new Set<number>();
  for (let step = 0, last = -1; step < 400; step++) ran.add((last = scheduler.next(3, last, step)));
  expect(ran.size).toBe(2);
});

test('round-robin leaves a thread only when it waits or ends, for the next in number', () => {
  const scheduler = strategyNamed('round-robin').make(new Prng(''));
  scheduler.begin(3, 10);
  expect(scheduler.next(0b111, -1, 0)).toBe(0);
  expect(scheduler.next(0b111, 0, 1)).toBe(0);
  expect(scheduler.next(0b110, 0, 2)).toBe(1);
  expect(scheduler.next(0b101, 1, 3)).toBe(2);
  expect(scheduler.next(0b011, 2, 4)).toBe(0);
});

test('mixed draws more than one strategy', () => {
  expect(tally('mixed', [3, 3], 200).size).toBeGreaterThan(10);
});

/** Two CPUs and a device, 8 steps each; CPU 0 leaves a translation behind in its third step, under a lock until the sixth. */
function stalled(seed: string): string {
  const scheduler = strategyNamed('stall').make(new Prng(seed));
  const left = [8, 8, 8];
  let out = '';
  scheduler.begin(3, 24, undefined, 2);
  for (let last = -1; left.some((n) => n > 0);) {
    const runnable = left.reduce((set, n, t) => set | (n > 0 ? 1 << t : 0), 0);
    const made = last === 0 ? 8 - left[0] : 0;
    const atomic = made >= 2 && made < 6;
    const returned = last >= 0 && left[last] % 4 === 0;
    const did = {
      tookAway: made === 3,
      leftBehind: made === 3,
      atomic,
      returned: returned && last !== 0,
      differs: false,
    };
    last = scheduler.next(runnable, last, out.length, did);
    left[last]--;
    out += String(last);
  }
  return out;
}

test('stall holds the thread where it unlocks, while the other CPU and then the device finish an operation', () => {
  const runs = Array.from({ length: 500 }, (_, i) => stalled(`stall/${i}`));
  const held = runs.filter((run) => {
    const sixth = [...run].reduce((at, t, i) => (t === '0' && at.n < 6 ? { n: at.n + 1, i } : at), {
      n: 0,
      i: 0,
    });
    return /^1{1,4}2{1,4}/.test(run.slice(sixth.i + 1)) && /^[12]{8}/.test(run.slice(sixth.i + 1));
  });
  expect(held.length / runs.length).toBeGreaterThan(0.15);
});

test('an unknown strategy is refused with the nearest name', () => {
  expect(() => strategyNamed('burst')).toThrow(BadInput);
  expect(() => strategyNamed('burst')).toThrow('Did you mean "bursts"?');
  expect(() => strategyNamed('zzzzzzzzzzzz')).toThrow(
    /expected one of mixed, aimed, random, .*round-robin\.$/,
  );
});
