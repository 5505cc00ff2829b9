import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { locate, locatorName, putIn } from '../../src/program/locate.js';
import { drop, insert } from '../../src/program/model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { checkEdits, unionOf } from '../../src/program/union.js';

test('a step of the text that is put elsewhere stays there when it is dropped where it stood', () => {
  const [operation] = operationsIn(callables.map((c) => c.operation)).filter(
    (o) => o.name === 'wp_page_copy',
  );
  const base = models.find((m) => m.name === 'v4.14')!;
  const moved = locate(operation, { callee: 'page_remove_rmap' });
  const target = { callee: 'pte_unmap_unlock' };
  const edits = [
    drop(operation.name, { callee: 'page_remove_rmap' }),
    insert(operation.name, 'after', target, [moved]),
  ];
  const union = unionOf(operation, [{ ...base, edits: [...base.edits, ...edits] }, base]);
  const [put] = union.after(locate(operation, target));
  expect([union.mask(moved), put.mask & union.mask(put.step)]).toEqual([2, 1]);
});

test('a step that an earlier edit put there is dropped by the model that says so, and stays in the other', () => {
  const base = models.find((m) => m.name === 'v6.1')!;
  const [operation] = operationsIn(callables.map((c) => c.operation)).filter(
    (o) => o.name === 'migrate_vma_collect',
  );
  const flush = { callee: 'flush_tlb_range', put: true as const };
  const [put] = putIn(operation, base.edits).filter(
    (p) => p.expansion === undefined && locatorName(p.step) === flush.callee,
  );
  const edited = { ...base, edits: [...base.edits, drop(operation.name, flush)] };
  expect(put).toBeDefined();
  expect(unionOf(operation, [edited, base]).mask(put.step)).toBe(2);
});

test('a locator of what earlier edits put there finds nothing in the text itself, and says so', () => {
  const base = models.find((m) => m.name === 'v4.14')!;
  const edit = drop('wp_page_copy', { callee: 'pte_unmap_unlock', put: true });
  const model = { ...base, edits: [...base.edits, edit] };
  expect(() => checkEdits(operationsIn(callables.map((c) => c.operation)), model)).toThrow(
    /no call 1 of pte_unmap_unlock among what earlier edits put there/,
  );
});
