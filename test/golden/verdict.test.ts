import { test } from '@jest/globals';

import { formatNamed } from '../../src/patch/formats.js';
import { evidence, everything, hunk, verdict } from '../patch/verdicts.js';
import { expectGolden } from './golden-file.js';

const still = verdict({
  judgement: 'harmless',
  hunks: [
    hunk(
      { judgement: 'harmless', why: 'comments and blanks', reach: { ran: 0, passed: 0, base: 0 } },
      { edits: [], verdict: 'harmless' },
    ),
  ],
  bounds: { ...verdict().bounds, cases: 0, steps: 0, worlds: 0 },
  worth: [],
});

const verdicts = {
  everything: everything(),
  nothing: still,
  safe: verdict(),
  accepted: verdict({
    judgement: 'accepted',
    hunks: [
      hunk({
        judgement: 'accepted',
        why: 'all that was found was accepted before',
        evidence: [evidence({ known: true })],
      }),
    ],
  }),
  both: verdict({ judgement: 'both', both: [evidence({}, { class: 'both' })] }),
};

test.each(Object.entries(verdicts))('verdicts read as they did: %s', (name, v) => {
  for (const format of ['text', 'terse', 'ktap'])
    expectGolden(`verdict/${name}.${format}.txt`, formatNamed(format).render(v));
});
