import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { kernelWords } from '../../src/kernel/verbs.js';
import { parseEdits, printEdits } from '../../src/program/edit-listing.js';
import { drop, insert, mute, notify, type Edit, type Locator } from '../../src/program/model.js';
import { callee, insertion } from './arbitrary-operation.js';

const words = kernelWords.withOperations([callee]);

const locator: fc.Arbitrary<Locator> = fc.record(
  {
    callee: fc.constantFrom('flush_tlb_mm', '__replace_page'),
    nth: fc.integer({ min: 1, max: 12 }),
    branch: fc.constantFrom('migration', 'a/b-c'),
    part: fc.constantFrom('clear', 'notify'),
    put: fc.constant(true as const),
  },
  { requiredKeys: ['callee'] },
);
const why = fc.option(fc.string(), { nil: undefined });
const side = fc.constantFrom<'before' | 'after'>('before', 'after');
const site = fc.constantFrom('wp_page_copy', 'try_to_unmap_one/swap-backed');

const edit: fc.Arbitrary<Edit> = fc.oneof(
  site.map((s) => mute(s, 'after-clear')),
  site.map((s) => notify(s, 'range-end')),
  fc.tuple(locator, why).map(([at, reason]) => drop('callee', at, reason)),
  fc
    .tuple(side, locator, insertion(callee.takes[0]), why)
    .map(([at, step, steps, reason]) => insert('callee', at, step, steps, reason)),
);

test('edits parse back from their listing as the same values', () => {
  fc.assert(
    fc.property(fc.array(edit), (edits) => {
      const text = printEdits(edits, words);
      expect(parseEdits(text, words)).toEqual(edits);
      expect(printEdits(parseEdits(text, words), words)).toBe(text);
    }),
  );
});

test('inserted steps name the registers of the operation that they are put into', () => {
  const [read] = parseEdits('insert callee after flush_tlb_mm\n  flush_tlb_mm(a)\n', words);
  expect(read?.kind === 'insert' && read.steps[0]?.kind === 'do' && read.steps[0].args[0]).toBe(
    callee.takes[0],
  );
});

test.each([
  ['mute wp_page_copy', 'Line 1 ("mute wp_page_copy") is no edit'],
  ['drop callee after flush_tlb_mm', 'is no edit'],
  ['drop callee flush_tlb_mm\n  flush_tlb_mm(1)', 'Line 2: a drop has no steps'],
  ['insert other after flush_tlb_mm\n  flush_tlb_mm(1)', 'other is no operation'],
  ['drop callee flush_tlb_mm\n  why because', 'expected a quoted sentence'],
])('edits that cannot be read name the line: %j', (text, expected) => {
  expect(() => parseEdits(text, words)).toThrow(expected);
});
