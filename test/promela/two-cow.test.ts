import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import { DEFAULT_BOUNDS, REDUCED, UNREDUCED } from '../../src/explore/bounds.js';
import { explore } from '../../src/explore/explorer.js';
import { missing, Verifier } from './spin.js';
import { laboratory, NOTIFIES, WORLDS } from './worlds.js';

const model = fileURLToPath(new URL('two-cow.pml', import.meta.url));
const why = missing();
const there = why === undefined ? describe : describe.skip;

there(`an independent model in Promela${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  for (const world of WORLDS.slice(0, 2))
    for (const { notify, model: name } of NOTIFIES)
      test(`${world.about}, ${name}: the same states, the same transitions, the same verdict`, () => {
        const verifier = new Verifier(
          model,
          [`WORLD=${world.number}`, `NOTIFY=${notify}`, 'STALE'],
          ['-DNOREDUCE'],
        );
        try {
          const spin = verifier.search('-c0');
          const plain = { bounds: DEFAULT_BOUNDS, reductions: UNREDUCED, outcomes: false };
          const ours = explore(laboratory(name, []).bench('candidate'), world.case, plain);
          expect(ours.complete).toBe(true);
          expect(spin.states).toBe(ours.states);
          expect(spin.transitions).toBe(ours.transitions + 1);
          const judged = explore(laboratory(name).bench('candidate'), world.case, {
            ...plain,
            reductions: REDUCED,
          });
          const kinds = new Set([...judged.verdicts.values()].map((v) => v.what.kind));
          expect(kinds).toEqual(new Set(spin.errors > 0 ? ['stale-read'] : []));
        } finally {
          verifier.close();
        }
      });
});
