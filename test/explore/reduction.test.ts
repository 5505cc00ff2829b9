import { describe, expect, test } from '@jest/globals';

import { callables } from '../../models/models.js';
import { Prng } from '../../src/base/prng.js';
import { builtIn } from '../../src/cli/load-model.js';
import { register } from '../../src/cli/trade.js';
import { REDUCED, UNREDUCED, type Reductions } from '../../src/explore/bounds.js';
import type { Explored } from '../../src/explore/explored.js';
import { explore } from '../../src/explore/explorer.js';
import { Laboratory } from '../../src/run/laboratory.js';
import type { Workbench } from '../../src/run/workbench.js';
import type { Case } from '../../src/scenario/case.js';
import { caseGenerator } from '../../src/scenario/generate.js';
import { caseOf, labOf } from '../corpus/build.js';
import { CASES } from '../corpus/cases.js';

const BOUNDS = { states: 60_000, preemptions: Infinity, depth: 4000 };
const FOOTPRINTS = { ...UNREDUCED, footprints: true };

function search(
  bench: Workbench,
  c: Case,
  reductions: Reductions,
  outcomes = true,
  states = BOUNDS.states,
): Explored {
  return explore(bench, { ...c, schedule: [] }, { bounds: { ...BOUNDS, states }, reductions, outcomes });
}

const keys = (x: ReadonlyMap<string, unknown>): string[] => [...x.keys()].sort();

function written(name: string): { bench: Workbench; c: Case } {
  const w = CASES.find((x) => x.name === name)!;
  const [model] = Object.keys(w.expected);
  return { bench: labOf(model).bench('candidate'), c: caseOf(w) };
}

describe('of a case that has verdicts and ends, steps taken alone lose none', () => {
  test.each([
    'rule-a',
    'downgrade-fork',
    'huge-zero-split',
    'late-dirty-bit',
    'shared-pmd-table-lost-write',
    'shared-pmd-table-freed-page',
  ])('%s', (name) => {
    const { bench, c } = written(name);
    const all = search(bench, c, UNREDUCED);
    const few = search(bench, c, FOOTPRINTS);
    expect(all.complete && few.complete).toBe(true);
    expect(keys(few.verdicts)).toEqual(keys(all.verdicts));
    expect(keys(few.outcomes)).toEqual(keys(all.outcomes));
    expect(few.latent).toBe(all.latent);
    expect(few.transitions).toBeLessThan(all.transitions);
    expect(all.verdicts.size).toBeGreaterThan(0);
    expect(keys(all.outcomes).some((text) => !/\| [a-z-]+ \d+ -?\d+$/.test(text))).toBe(true);
  });
});

const ACCESSES: Readonly<Record<string, readonly string[]>> = {
  cpu: ['user_read', 'user_write'],
  device: ['device_read', 'device_write'],
};

/** The case with other accesses, at one of two pages. */
function varied(c: Case, prng: Prng): Case {
  const access = (kind: string): Case['threads'][0]['operations'][0] => ({
    name: prng.pick(ACCESSES[kind]),
    args: [prng.below(2), 0],
    choices: [],
  });
  const accesses = Object.values(ACCESSES).flat();
  const threads = c.threads.map((t) => ({
    ...t,
    operations: t.operations.map((o) => (accesses.includes(o.name) ? access(t.kind) : o)),
  }));
  return { ...c, threads };
}

/** What an exploration answers. */
const answers = (x: Explored): readonly unknown[] => [
  keys(x.verdicts),
  keys(x.outcomes),
  x.latent,
  x.complete,
];

test('of variants of cases with verdicts, steps taken alone lose no verdict and no end', () => {
  let [worlds, verdicts] = [0, 0];
  for (const name of [
    'rule-a',
    'downgrade-fork',
    'downgrade-mprotect',
    'huge-zero-split',
    'late-dirty-bit',
  ]) {
    const { bench, c } = written(name);
    for (let k = 0; k < 4; k++) {
      const variant = varied(c, new Prng(`${name}/${k}`));
      const all = search(bench, variant, UNREDUCED, true, 4000);
      if (!all.complete) continue;
      expect([name, k, answers(search(bench, variant, FOOTPRINTS))]).toEqual([name, k, answers(all)]);
      worlds++;
      verdicts += all.verdicts.size;
    }
  }
  expect(worlds).toBeGreaterThan(8);
  expect(verdicts).toBeGreaterThan(3);
});

test('of generated cases, steps taken alone lose no verdict and no end', () => {
  const models = ['v4.14', 'leaf-callback', 'v4.4', 'v6.6'];
  const labs = models.map(
    (m) => new Laboratory(callables, builtIn(m, register), builtIn('always-notify', register)),
  );
  const draw = caseGenerator(callables, { hardware: 'any' });
  let [worlds, transitions, fewer] = [0, 0, 0];
  for (let k = 0; k < 40; k++) {
    const drawn = draw(new Prng(`reduction/${k}`));
    const c = {
      ...drawn,
      threads: drawn.threads.map((t) => ({ ...t, operations: t.operations.slice(0, 2) })),
    };
    const bench = labs[k % labs.length].bench('candidate');
    const all = search(bench, c, UNREDUCED, true, 2000);
    if (!all.complete) continue;
    const few = search(bench, c, FOOTPRINTS);
    expect([k, answers(few)]).toEqual([k, answers(all)]);
    worlds++;
    transitions += all.transitions;
    fewer += few.transitions;
  }
  expect(worlds).toBeGreaterThan(9);
  expect(fewer).toBeLessThan(transitions / 2);
});

test('both reductions together lose no verdict where two threads are equal', () => {
  const { bench, c } = written('downgrade-fork');
  const twice = { ...c, threads: [c.threads[0], ...c.threads.slice(1), c.threads.at(-1)!] };
  const all = search(bench, twice, UNREDUCED, false);
  const few = search(bench, twice, REDUCED, false);
  expect(all.complete).toBe(true);
  const kinds = (x: Explored): string[] =>
    [...new Set([...x.verdicts.values()].map((v) => v.what.kind))].sort();
  expect(kinds(few)).toEqual(kinds(all));
  expect(few.states).toBeLessThan(all.states);
});
