import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { locate } from '../../src/program/locate.js';
import { drop, insert } from '../../src/program/model.js';
import { operationsIn } from '../../src/program/operations-in.js';
import { unionOf } from '../../src/program/union.js';

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
