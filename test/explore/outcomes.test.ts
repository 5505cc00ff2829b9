import { expect, test } from '@jest/globals';

import { DEFAULT_BOUNDS, UNREDUCED } from '../../src/explore/bounds.js';
import { explore } from '../../src/explore/explorer.js';
import { caseOf, labOf } from '../corpus/build.js';
import { CASES } from '../corpus/cases.js';

test.each(['rule-a', 'downgrade-fork', 'huge-zero-split', 'shared-pmd-table-lost-write'])(
  'running own steps at once loses no end of %s',
  (name) => {
    const w = CASES.find((x) => x.name === name)!;
    const [model] = Object.keys(w.expected);
    const c = { ...caseOf(w), schedule: [] };
    const ends = (ownSteps: boolean): string[] => {
      const wanted = { bounds: DEFAULT_BOUNDS, reductions: { ...UNREDUCED, ownSteps }, outcomes: true };
      const found = explore(labOf(model).bench('candidate'), c, wanted);
      expect(found.complete).toBe(true);
      return [...found.outcomes.keys()].sort();
    };
    const reduced = ends(true);
    expect(reduced).toEqual(ends(false));
    expect(reduced.some((text) => /\| [a-z-]+ \d+ \d+$/.test(text))).toBe(true);
    expect(reduced.some((text) => !/\| [a-z-]+ \d+ \d+$/.test(text))).toBe(true);
  },
);
