import { readdirSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { callables } from '../../models/models.js';
import { kernelWords } from '../../src/kernel/verbs.js';
import { printListing } from '../../src/program/listing.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { expectGolden } from './golden-file.js';

const operations = operationsIn(callables.map((c) => c.operation));
const words = kernelWords.withOperations(operations);

test.each(operations.map((o) => [o.name, o] as const))(
  'the listing of %s is as it was read',
  (name, operation) => {
    expectGolden(`listings/${name}.txt`, printListing(operation, words));
  },
);

test('every golden listing is of an operation', () => {
  const known = new Set(operations.map((o) => `${o.name}.txt`));
  expect(readdirSync('test/golden/listings').filter((file) => !known.has(file))).toEqual([]);
});
