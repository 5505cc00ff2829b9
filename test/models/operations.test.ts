import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { kernelWords } from '../../src/kernel/verbs.js';
import { checkOperations } from '../../src/program/check.js';
import { printEdits, parseEdits } from '../../src/program/edit-listing.js';
import type { Model } from '../../src/program/model.js';
import type { Operation } from '../../src/program/step.js';
import { printListing } from '../../src/program/listing.js';
import { operationsWith } from '../../src/program/operations-in.js';
import { parseListing } from '../../src/program/parse-listing.js';
import { problemText } from '../../src/program/problem.js';

const programs = callables.map((c) => c.operation);
const operations = operationsWith(
  programs,
  models.flatMap((m) => m.edits),
);
const words = kernelWords.withOperations(operations);

/** What is wrong; that a bound of states ended the walk is no fault (ksm_scan and others reach whole faults). */
const faults = (list: readonly Operation[], model?: Model): readonly string[] =>
  checkOperations(list, model)
    .map(problemText)
    .filter((text) => !/has more than \d+ states/.test(text));

test.each(programs.map((p) => [p.name, p] as const))(
  'locks, brackets, registers and labels of %s are in order on every path up to the bound',
  (_name, program) => {
    expect(faults([program])).toEqual([]);
  },
);

/** These hold whole page faults: seconds a model each. They are checked in the base text, above. */
const FAULTING = [
  'user_read',
  'user_write',
  'device_read',
  'device_write',
  'ksm_scan',
  'mremap',
  'uprobe_write_opcode',
  'gup_fast_read',
  'gup_fast_write',
];
const light = programs.filter((p) => !FAULTING.includes(p.name));

/** What a model has of its own: a draft on top of another model changes the unmapping of one page. */
const unmapping = programs.filter((p) =>
  ['munlock_vma_page', 'soft_offline_huge_page', 'migrate_pages', 'shrink_page_list'].includes(p.name),
);
const isDraft = (model: Model): boolean => model.name.startsWith('backport-');

test.each(models.filter((m) => m.refused === undefined).map((m) => [m.name, m] as const))(
  'the edits of %s leave every path in order, and parse back from their listing',
  (_name, model) => {
    expect(faults(isDraft(model) ? unmapping : light, model)).toEqual([]);
    const text = printEdits(model.edits, words);
    expect(parseEdits(text, words)).toEqual(model.edits);
  },
);

test.each(models.filter((m) => m.refused !== undefined).map((m) => [m.name, m] as const))(
  'the static checks see what is wrong with %s',
  (_name, model) => {
    expect(faults(light, model)).not.toEqual([]);
  },
);

test.each(operations.map((o) => [o.name, o] as const))(
  '%s parses back from its listing',
  (_name, operation) => {
    const text = printListing(operation, words);
    expect(parseListing(text, words)).toEqual(operation);
    expect(printListing(parseListing(text, words), words)).toBe(text);
  },
);

test('no two operations have one name', () => {
  expect(new Set(operations.map((o) => o.name)).size).toBe(operations.length);
});
