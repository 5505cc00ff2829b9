import { expect, test } from '@jest/globals';

import { callables, models } from '../../models/models.js';
import { calleeOf, placed } from '../../src/program/locate.js';
import type { Edit } from '../../src/program/model.js';
import { operationsWith } from '../../src/program/operations-in.js';

/** How many steps the edit could mean by what it says of the one that it names; 0 when it says which. */
function candidates(edit: Edit, edits: readonly Edit[]): number {
  if (edit.kind !== 'drop' && edit.kind !== 'insert') return 0;
  const { callee, nth, branch, put } = edit.step;
  if (nth !== undefined || put === true) return 0;
  const operation = operationsWith(
    callables.map((c) => c.operation),
    edits,
  ).find((o) => o.name === edit.in)!;
  return placed(operation).filter(
    (p) =>
      p.expansion === undefined &&
      calleeOf(p.step) === callee &&
      (branch === undefined || p.branch.split('/').includes(branch)),
  ).length;
}

// A step that is added before the one that was meant takes its place without a word.
test.each(models.map((m) => [m.name, m] as const))(
  'every edit of %s says which of several steps it means',
  (_name, { edits }) => {
    const unclear = edits.filter((edit) => candidates(edit, edits) > 1);
    expect(
      unclear.map((e) => (e.kind === 'insert' || e.kind === 'drop' ? `${e.in} ${e.step.callee}` : '')),
    ).toEqual([]);
  },
);
